from datetime import date
from decimal import Decimal

import pytest

from flows.rules.deductions import (
    Deduction,
    Stretch,
    by_month,
    degree_months,
    education_months,
    elderly_amount,
    elderly_months,
    illness_amount,
    infant_months,
    months_of,
    mortgage_months,
    rent_by_month,
    stretches,
)


def span(first, last):
    return frozenset(range(first, last + 1))


NEVER = frozenset()
ALL = span(1, 12)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2025, 1, 1), None, ALL),
        (date(2026, 3, 1), None, span(3, 12)),
        (date(2026, 3, 31), date(2026, 3, 1), span(3, 3)),
        (date(2025, 12, 1), date(2026, 1, 1), span(1, 1)),
        (date(2027, 1, 1), None, NEVER),
        (date(2020, 1, 1), date(2025, 12, 1), NEVER),
    ],
)
def test_months_of(first, last, expected):
    assert months_of(first, last, 2026) == expected


@pytest.mark.parametrize(
    ("born", "infant", "education"),
    [
        (date(2026, 5, 1), span(5, 12), NEVER),
        # three in June: care until May, education from June
        (date(2023, 6, 1), span(1, 5), span(6, 12)),
        (date(2023, 12, 1), span(1, 11), span(12, 12)),
        (date(2023, 1, 1), NEVER, ALL),
        (date(2024, 1, 1), ALL, NEVER),
        (date(2010, 8, 1), NEVER, ALL),
        (date(2027, 1, 1), NEVER, NEVER),
    ],
)
def test_care_and_education_never_meet_in_a_month(born, infant, education):
    assert infant_months(born, 2026) == infant
    assert education_months(born, None, 2026) == education
    assert not infant & education


def test_education_ends_with_its_last_month():
    assert education_months(date(2003, 8, 1), date(2026, 6, 1), 2026) == span(1, 6)
    assert education_months(date(2003, 8, 1), date(2025, 6, 1), 2026) == NEVER


@pytest.mark.parametrize(
    ("began", "ended", "expected"),
    [
        (date(2026, 9, 1), None, span(9, 12)),
        (date(2024, 9, 1), date(2026, 7, 1), span(1, 7)),
        (date(2023, 1, 1), None, ALL),  # the 48th month is 2026-12
        (date(2022, 9, 1), None, span(1, 8)),  # the 48th month is 2026-08
        (date(2022, 1, 1), None, NEVER),  # the 48th month is 2025-12
    ],
)
def test_a_degree_counts_for_48_months(began, ended, expected):
    assert degree_months(began, ended, 2026) == expected


@pytest.mark.parametrize(
    ("began", "ended", "expected"),
    [
        (date(2020, 3, 1), None, ALL),
        (date(2026, 3, 1), None, span(3, 12)),
        (date(2020, 3, 1), date(2026, 2, 1), span(1, 2)),
        (date(2007, 1, 1), None, ALL),  # the 240th month is 2026-12
        (date(2006, 7, 1), None, span(1, 6)),
        (date(2006, 1, 1), None, NEVER),
    ],
)
def test_a_loan_counts_for_240_months(began, ended, expected):
    assert mortgage_months(began, ended, 2026) == expected


@pytest.mark.parametrize(
    ("births", "expected"),
    [
        ([date(1966, 7, 1)], span(7, 12)),
        ([date(1966, 12, 1), date(1970, 1, 1)], span(12, 12)),
        ([date(1970, 1, 1), date(1950, 1, 1)], ALL),
        ([date(1967, 1, 1)], NEVER),
        ([], NEVER),
    ],
)
def test_parents_count_from_the_month_the_eldest_is_sixty(births, expected):
    assert elderly_months(births, 2026) == expected


@pytest.mark.parametrize(
    ("children", "expected"),
    [(1, "3000"), (2, "1500"), (3, "1000"), (4, "750"), (7, "428.57"), (9, "333.33")],
)
def test_equal_shares_stay_within_the_amount(children, expected):
    assert elderly_amount(children) == Decimal(expected)
    assert elderly_amount(children) * children <= 3000


def test_no_child_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        elderly_amount(0)


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        ("0", "0"),
        ("15000", "0"),
        ("15000.01", "0.01"),
        ("50000", "35000"),
        ("95000", "80000"),
        ("95000.01", "80000"),
        ("300000", "80000"),
    ],
)
def test_illness(paid, expected):
    assert illness_amount(Decimal(paid)) == Decimal(expected)


def test_a_month_with_two_leases_counts_once():
    found = rent_by_month(
        [
            ("large", date(2025, 9, 1), date(2026, 4, 1)),
            ("middle", date(2026, 4, 1), date(2026, 8, 1)),
            ("small", date(2026, 2, 1), date(2026, 3, 1)),
        ],
        2026,
    )
    assert found == [
        Deduction("rent", span(1, 4), Decimal(1500)),
        Deduction("rent", span(5, 8), Decimal(1100)),
    ]
    # 4 x 1500 + 4 x 1100
    assert sum(each.total for each in found) == 10400


def test_the_sum_of_each_month():
    sums = by_month(
        [
            Deduction("infant_care", span(1, 5), Decimal(2000)),
            Deduction("education", span(6, 12), Decimal(2000)),
            Deduction("elderly", span(7, 12), Decimal(3000)),
            Deduction("illness", NEVER, Decimal(35000)),
        ]
    )
    assert sums == (Decimal(2000),) * 6 + (Decimal(5000),) * 6
    assert stretches(sums) == [Stretch(1, 6, Decimal(2000)), Stretch(7, 12, Decimal(5000))]


def test_months_without_a_deduction_part_the_stretches():
    amounts = [Decimal(0), Decimal(400), Decimal(400), Decimal(0), Decimal(400), *[Decimal(0)] * 7]
    assert stretches(amounts) == [Stretch(2, 3, Decimal(400)), Stretch(5, 5, Decimal(400))]
    assert stretches([Decimal(0)] * 12) == []


def test_a_yearly_deduction_counts_once():
    assert Deduction("illness", NEVER, Decimal(35000)).total == 35000
    assert Deduction("elderly", span(7, 12), Decimal(1500)).total == 9000
