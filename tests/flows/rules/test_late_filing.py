from datetime import date
from decimal import Decimal

import pytest

from core.calendar import CalendarUnconfirmed, tax_calendar
from flows.rules.credit_repair import POINTS, repair_percent, restored, windows
from flows.rules.late_filing import (
    WAIVER_LIST,
    Waiver,
    correction,
    days_late,
    filing_deadline,
    is_first,
    is_minor,
    waiver,
)
from flows.rules.surcharge import surcharge

NOVEMBER = date(2026, 11, 16)  # the 15th is a Sunday; 税总办征科函〔2025〕64号


@pytest.mark.parametrize(
    ("obligation", "period", "expected"),
    [
        ("VAT-M", date(2026, 10, 1), date(2026, 11, 16)),
        ("IIT-W", date(2026, 1, 1), date(2026, 2, 24)),
        # any month of a quarter stands for the quarter
        ("VAT-Q", date(2026, 7, 1), date(2026, 10, 26)),
        ("VAT-Q", date(2026, 9, 1), date(2026, 10, 26)),
        ("CIT-P", date(2026, 3, 31), date(2026, 4, 20)),
        ("IIT-B", date(2025, 12, 1), date(2026, 1, 20)),
        # 2026-05-31 is a Sunday (Implementation Rules article 109)
        ("CIT-Y", date(2025, 1, 1), date(2026, 6, 1)),
        ("IIT-BY", date(2025, 1, 1), date(2026, 3, 31)),
    ],
)
def test_the_deadline_comes_from_the_announced_calendar(obligation, period, expected):
    assert filing_deadline(obligation, period, tax_calendar()).date == expected


@pytest.mark.parametrize(
    ("obligation", "period"),
    [
        ("VAT-M", date(2026, 12, 1)),
        ("VAT-M", date(2025, 10, 1)),
        ("VAT-Q", date(2026, 10, 1)),
        ("CIT-Y", date(2026, 1, 1)),
        ("IIT-BY", date(2024, 1, 1)),
    ],
)
def test_a_year_that_is_not_announced_gives_no_date(obligation, period):
    with pytest.raises(CalendarUnconfirmed):
        filing_deadline(obligation, period, tax_calendar())


def test_an_unknown_obligation_is_refused():
    with pytest.raises(ValueError, match="no obligation 'X'"):
        filing_deadline("X", NOVEMBER, tax_calendar())


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 11, 15), 0), (NOVEMBER, 0), (date(2026, 11, 17), 1), (date(2026, 11, 23), 7)],
)
def test_the_last_day_itself_is_not_late(day, expected):
    assert days_late(NOVEMBER, day) == expected


@pytest.mark.parametrize(
    ("corrected_on", "notice", "ordered_by", "expected"),
    [
        (date(2026, 11, 20), "no", None, "done"),
        (None, "no", None, "possible"),
        (date(2026, 11, 20), "yes", date(2026, 11, 20), "done"),  # the last day counts
        (date(2026, 11, 21), "yes", date(2026, 11, 20), "missed"),
        (None, "yes", date(2026, 11, 23), "possible"),  # today is the last day
        (None, "yes", date(2026, 11, 22), "missed"),
        (None, "unknown", None, "unknown"),
        (date(2026, 11, 20), "unknown", None, "unknown"),
        (None, "yes", None, "unknown"),
        (None, None, None, "unknown"),
    ],
)
def test_correction(corrected_on, notice, ordered_by, expected):
    found = correction(
        corrected_on=corrected_on, notice=notice, ordered_by=ordered_by, today=date(2026, 11, 23)
    )
    assert found == expected


@pytest.mark.parametrize(
    ("history", "window", "expected"),
    [
        ("none", "year", True),
        ("none", "ever", True),
        ("this_year", "year", False),
        ("this_year", "ever", False),
        ("earlier", "year", True),
        ("earlier", "ever", False),
        ("unknown", "year", None),
        (None, "year", None),
    ],
)
def test_first_depends_on_what_the_bureau_counts(history, window, expected):
    assert is_first(history, window) is expected


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (("nothing",), True),
        (("hidden_income",), False),
        (("illegal_gains", "false_invoices"), False),
        (("unknown",), None),
        (("hidden_income", "unknown"), None),
        ((), None),
        (None, None),
    ],
)
def test_minor(harm, expected):
    assert is_minor(harm) is expected


@pytest.mark.parametrize(
    ("on_list", "first", "minor", "corrected", "expected"),
    [
        (True, True, True, "done", Waiver("met")),
        (True, True, True, "possible", Waiver("met_if_corrected")),
        (False, True, True, "done", Waiver("not_met", ("on_list",))),
        (True, False, True, "done", Waiver("not_met", ("first",))),
        (True, True, False, "done", Waiver("not_met", ("minor",))),
        (True, True, True, "missed", Waiver("not_met", ("corrected",))),
        (True, None, True, "done", Waiver("unknown", (), ("first",))),
        (None, True, None, "unknown", Waiver("unknown", (), ("on_list", "minor", "corrected"))),
        # one that fails decides, whatever is unknown
        (True, False, None, "unknown", Waiver("not_met", ("first",), ("minor", "corrected"))),
        (
            False,
            False,
            False,
            "missed",
            Waiver("not_met", ("on_list", "first", "minor", "corrected")),
        ),
    ],
)
def test_waiver(on_list, first, minor, corrected, expected):
    found = waiver(on_list=on_list, first=first, minor=minor, corrected=corrected)
    assert found == expected


def test_the_list_has_fourteen_items_each_once():
    assert sorted(WAIVER_LIST.values()) == list(range(1, 15))


@pytest.mark.parametrize(
    ("tax", "paid_on", "days", "amount"),
    [
        ("10000", date(2026, 11, 23), 7, "35.00"),  # 10000 x 0.0005 x 7
        ("10000", NOVEMBER, 0, "0.00"),
        ("10000", date(2026, 11, 10), 0, "0.00"),
        ("10000", date(2026, 11, 17), 1, "5.00"),
        ("0", date(2026, 11, 23), 7, "0.00"),
        ("1234.50", date(2026, 12, 16), 30, "18.52"),  # 18.5175
        ("10", date(2026, 11, 17), 1, "0.01"),  # 0.005 is rounded up
        ("100", date(2032, 5, 9), 2001, "100.05"),  # more than the tax itself
    ],
)
def test_surcharge(tax, paid_on, days, amount):
    found = surcharge(Decimal(tax), NOVEMBER, paid_on)
    assert (found.days, found.amount) == (days, Decimal(amount))


@pytest.mark.parametrize(
    ("kind", "days", "amount", "expected"),
    [
        ("filing", 0, None, 100),
        ("filing", 3, "5000", 100),
        ("filing", 4, "5000", 80),
        ("filing", 4, "2000", 100),
        ("filing", 4, "2000.01", 80),
        ("filing", 4, None, 80),
        ("filing", 30, "5000", 80),
        ("filing", 30, "2000", 100),
        ("filing", 31, "1500", 60),
        ("filing", 90, "5000", 60),
        ("filing", 91, "5000", 40),
        ("statements", 10, "1500", 80),  # the small amount helps filings and payments only
    ],
)
def test_repair_percent(kind, days, amount, expected):
    assert repair_percent(kind, days, Decimal(amount) if amount else None) == expected


@pytest.mark.parametrize(
    ("start", "kind", "times", "days", "amount", "score"),
    [
        # the worked examples of the rules: start - (points - restored)
        (93, "filing", 1, 2, None, "93"),
        (93, "filing", 1, 10, "1500", "93"),
        (93, "filing", 1, 10, "5000", "92"),
        (93, "filing", 1, 45, None, "91"),
        (90, "filing", 1, 45, None, "88"),
        (100, "bank_account", 1, 100, None, "93.4"),
    ],
)
def test_scores_of_the_worked_examples(start, kind, times, days, amount, score):
    percent = repair_percent(kind, days, Decimal(amount) if amount else None)
    lost = POINTS[kind] - restored(POINTS[kind], percent)
    assert start - times * lost == Decimal(score)


def test_windows_that_are_still_open():
    found = windows("filing", NOVEMBER, date(2026, 11, 18), Decimal(5000))
    assert [(w.last_day, w.percent, w.restored) for w in found] == [
        (date(2026, 11, 19), 100, Decimal(5)),
        (date(2026, 12, 16), 80, Decimal(4)),
        (date(2027, 2, 14), 60, Decimal(3)),
        (None, 40, Decimal(2)),
    ]


def test_a_window_is_open_on_its_last_day_and_closed_after():
    assert windows("filing", NOVEMBER, date(2026, 11, 19), None)[0].last_day == date(2026, 11, 19)
    assert windows("filing", NOVEMBER, date(2026, 11, 20), None)[0].last_day == date(2026, 12, 16)
    assert windows("filing", NOVEMBER, date(2027, 2, 15), None)[0].last_day is None


def test_a_small_tax_has_one_window_of_thirty_days():
    found = windows("filing", NOVEMBER, date(2026, 11, 17), Decimal(2000))
    assert [(w.last_day, w.percent) for w in found[:2]] == [
        (date(2026, 12, 16), 100),
        (date(2027, 2, 14), 60),
    ]


def test_a_kind_without_known_points_is_refused():
    with pytest.raises(KeyError):
        windows("invoice_seal", NOVEMBER, NOVEMBER, None)
