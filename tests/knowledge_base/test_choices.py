import pytest

from knowledge_base.choices import EntryChoice, ProfileChoice, profile_choices, read_choice


@pytest.mark.parametrize(
    ("choice_id", "expected"),
    [
        ("entry:T01-01", EntryChoice("T01-01")),
        ("profile:vat_status:general", ProfileChoice("vat_status", "general")),
        ("profile:employees:301", ProfileChoice("employees", 301)),
        ("profile:employees:unknown", ProfileChoice("employees", None)),
        ("profile:employees:many", None),
        ("profile:shoe_size:44", None),
        ("profile:vat_status:", None),
        ("entry:", None),
        ("none", None),
        ("", None),
    ],
)
def test_what_a_choice_id_means(choice_id, expected):
    assert read_choice(choice_id) == expected


def test_amounts_are_offered_on_each_side_of_a_bound(content):
    offered = profile_choices(content.entries["X-07"], "annual_taxable_income", "zh-Hans")
    assert [(each.id, each.label) for each in offered] == [
        ("profile:annual_taxable_income:0", "不超过300万元"),
        ("profile:annual_taxable_income:3000001", "超过300万元"),
        ("profile:annual_taxable_income:unknown", "不清楚"),
    ]


def test_a_fact_that_cannot_be_chosen_offers_nothing(content):
    assert profile_choices(content.entries["X-01"], "industry", "zh-Hans") == []
