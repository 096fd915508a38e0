"""Masks of a list that come back with what was changed beside them."""

from datetime import date

import pytest

from flows.definition import FlowField
from flows.sealing import with_known
from flows.values import Known, Reader, Refused

FIELD = FlowField.model_validate(
    {
        "key": "people",
        "type": "list",
        "label": {"zh-Hans": "人员", "en": "People"},
        "fields": [
            {
                "key": "number",
                "type": "identity_number",
                "label": {"zh-Hans": "证件", "en": "Number"},
                "required": False,
            },
        ],
    }
)
ONE = {"ref": "pv_1", "mask": "990***********0019"}


def read(raw):
    return Reader(date(2026, 11, 24), lambda *_: (), lambda *_: True).take(FIELD, raw)


def test_a_mask_is_the_cell_that_it_shows():
    sent = with_known([{"number": ONE}], [{"number": ONE["mask"]}])
    assert sent == [{"number": Known(ONE)}]
    assert read(sent) == [{"number": ONE}]


def test_of_two_equal_masks_the_one_in_the_same_place_is_meant():
    twin = ONE | {"ref": "pv_2"}
    stored = [{"number": ONE}, {"number": twin}]
    assert read(with_known(stored, [{"number": ONE["mask"]}] * 2)) == stored
    assert read(with_known(stored[:1], [{}, {"number": ONE["mask"]}]))[1] == {"number": ONE}


@pytest.mark.parametrize(
    "cell", [ONE["mask"], ONE, {"kept": ONE}, ["pv_1"]], ids=["mask", "dict", "kept", "list"]
)
def test_what_a_client_makes_up_is_refused(cell):
    with pytest.raises(Refused):
        read(with_known([{"number": None}], [{"number": cell}]))


@pytest.mark.parametrize("raw", [None, "x", ["x"], [None], 5])
def test_what_is_no_list_of_rows_stays_as_it_is(raw):
    assert with_known([{"number": ONE}], raw) == raw
    assert with_known(None, raw) == raw
