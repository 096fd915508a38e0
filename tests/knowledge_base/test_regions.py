import pytest

from knowledge_base import regions


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (None, set()),
        ("", set()),
        ("浙江省", {"33"}),
        ("330000", {"33"}),
        ("330106", {"33"}),
        ("宁波市", {"33", "3302"}),
        ("浙江省宁波市", {"33", "3302"}),
        ("440300", {"44", "4403"}),
        ("内蒙古自治区", {"15"}),
        ("Atlantis", {"Atlantis"}),
    ],
)
def test_whose_rules_hold_in_a_region(region, expected):
    assert regions.codes(region) == expected
