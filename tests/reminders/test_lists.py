from datetime import date
from decimal import Decimal

import pytest

from core.texts import text
from reminders.lists import COLUMNS, read_list

GOOD = "91990000MA01TEHTXE"
OTHER = "91990000MA1GT00A3L"


def read(words: str):
    return read_list(words.encode())


def faults(found):
    return [(bad.row, bad.column) for bad in found.bad]


def test_every_column():
    found = read(
        f"{','.join(COLUMNS)}\n"
        f"{GOOD.lower()},示例公司,company,general,month,批发业,浙江省,12,-3.50,1000000.00,A,"
        "2020-02-29,exporter; new\n"
    )
    assert found.bad == []
    (who,) = found.taxpayers
    assert (who.id, who.uscc, who.name) == (GOOD, GOOD, "示例公司")
    assert who.profile.facts() == {
        "entity_type": "company",
        "vat_status": "general",
        "filing_period": "month",
        "industry": "批发业",
        "region": "浙江省",
        "employees": 12,
        "annual_taxable_income": Decimal("-3.50"),
        "total_assets": Decimal("1000000.00"),
        "credit_grade": "A",
        "registered_on": date(2020, 2, 29),
        "tags": ("exporter", "new"),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_that_spreadsheets_write(encoding):
    found = read_list(f"uscc,name\r\n{GOOD},示例公司\r\n".encode(encoding))
    assert [who.name for who in found.taxpayers] == ["示例公司"]


def test_bad_rows_are_told_and_good_ones_taken():
    found = read(
        "uscc,name,vat_status,employees,registered_on\n"
        f"{GOOD},甲,small_scale,,\n"
        f"{GOOD},甲,small_scale,,\n"
        "91990000MA01TEHTX0,乙,,,\n"
        "9199OO00MA1GT00A3L,乙,,,\n"
        ",乙,,,\n"
        "\n"
        f"{OTHER},,,,\n"
        f"{OTHER},乙,一般纳税人,,\n"
        f"{OTHER},乙,,十人,\n"
        f"{OTHER},乙,,,2026/1/1\n"
        f"{OTHER},乙,,,,多\n"
        f"{OTHER},乙\n"
    )
    assert faults(found) == [
        (3, "uscc"),
        (4, "uscc"),
        (5, "uscc"),
        (6, "uscc"),
        (8, "name"),
        (9, "vat_status"),
        (10, "employees"),
        (11, "registered_on"),
        (12, ""),
    ]
    assert [who.id for who in found.taxpayers] == [GOOD, OTHER]
    report = found.report()
    assert (report.rows, report.good) == (11, 2)
    reasons = {bad.row: bad.reason for bad in report.bad}
    assert reasons[3] == text("reminders.list.duplicate", row=2)
    assert reasons[4] == text("reminders.list.check_character")
    assert OTHER in reasons[5]
    assert "small_scale, general" in reasons[9]


def test_columns_may_stand_in_any_order():
    assert read(f"name, USCC \n甲,{GOOD}\n").taxpayers[0].id == GOOD


def test_an_unknown_column_is_told_and_left():
    found = read(f"uscc,name,phone\n{GOOD},甲,13800138000\n")
    assert faults(found) == [(1, "phone")]
    assert len(found.taxpayers) == 1


@pytest.mark.parametrize("head", ["name,vat_status", "uscc", "统一社会信用代码,纳税人名称"])
def test_without_a_required_column_nothing_is_taken(head):
    found = read(f"{head}\n{GOOD},甲\n")
    assert found.taxpayers == []
    assert found.rows == 0
    assert any(bad.reason.startswith("缺少必需的列") for bad in found.bad)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xff\xfe\x00", b'uscc,name\n"91', b"\0\0"])
def test_what_is_no_list_is_told(data):
    found = read_list(data)
    assert found.taxpayers == []
    assert found.bad


def test_rows_before_a_broken_quote_are_taken():
    found = read(f'uscc,name\n{GOOD},甲\n{OTHER},"乙\n')
    assert [who.id for who in found.taxpayers] == [GOOD]
    assert found.bad[-1].reason == text("reminders.list.broken")


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("employees", "1.5"),
        ("employees", "-1"),
        ("employees", "1" * 10),
        ("total_assets", "-1"),
        ("total_assets", "1,000"),
        ("total_assets", "1" * 14),
        ("total_assets", "NaN"),
        ("credit_grade", "E"),
        ("registered_on", "2026-02-30"),
        ("industry", "业" * 101),
    ],
)
def test_cells_that_cannot_be_taken(column, cell):
    assert faults(read(f'uscc,name,{column}\n{GOOD},甲,"{cell}"\n')) == [(2, column)]


def test_an_identity_number_is_not_repeated_in_the_report():
    found = read("uscc,name\n11010519491231002X,甲\n")
    assert found.bad[0].value == "[ID]"
