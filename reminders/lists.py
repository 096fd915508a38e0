"""Reading a list of taxpayers (CSV): every bad row is told, the good ones are taken."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.conditions import PROFILE
from core.conditions.fields import as_date
from core.identifiers import check_uscc, is_identity_number, mask
from core.texts import text
from reminders.schemas import BadRow, ImportReport
from taxpayers.schemas import Profile, Taxpayer

REQUIRED = ("uscc", "name")
COLUMNS = (*REQUIRED, *PROFILE)
LONGEST = {"name": 200, "industry": 100, "region": 50, "tags": 1000}
TAG_SEPARATOR = ";"


@dataclass
class TaxpayerList:
    """What was read: the taxpayers to take, each with its credit code as id, and the faults."""

    rows: int = 0
    taxpayers: list[Taxpayer] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)

    def report(self) -> ImportReport:
        """Return what the operator is told."""
        return ImportReport(rows=self.rows, good=len(self.taxpayers), bad=self.bad)


class _BadCell(Exception):
    """A cell that cannot be taken."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


def read_list(data: bytes) -> TaxpayerList:
    """Read a CSV file with a head row, in UTF-8 or GB18030 (as Excel writes it in Chinese).

    The columns `uscc` and `name` are required, the fields of the profile may be there in any
    order, tags are separated by semicolons. Nothing is raised: all faults stand in the result.
    """
    found = TaxpayerList()
    known = ", ".join(COLUMNS)
    words = _decoded(data)
    if words is None:
        _fault(found, 1, "", "", text("reminders.list.encoding"))
        return found
    reader = csv.reader(io.StringIO(words, newline=""), strict=True)
    rows = _rows(reader, found)
    head = [cell.strip().lower() for cell in next(rows, (0, []))[1]]
    if not head:
        if not found.bad:
            _fault(found, 1, "", "", text("reminders.list.empty", columns=known))
        return found
    for column in REQUIRED:
        if column not in head:
            _fault(found, 1, column, "", text("reminders.list.missing_column", columns=known))
    for column in head:
        if column not in COLUMNS:
            _fault(found, 1, column, column, text("reminders.list.unknown_column", columns=known))
    if set(REQUIRED) <= set(head):
        _read_rows(found, head, rows)
    return found


def _read_rows(found: TaxpayerList, head: list[str], rows: Iterator[tuple[int, list[str]]]) -> None:
    seen: dict[str, int] = {}
    for number, cells in rows:
        found.rows += 1
        try:
            taxpayer = _new_taxpayer(head, cells, seen)
        except _BadCell as bad:
            _fault(found, number, bad.column, bad.value, bad.reason)
        else:
            seen[taxpayer.id] = number
            found.taxpayers.append(taxpayer)


def _new_taxpayer(head: list[str], cells: list[str], seen: dict[str, int]) -> Taxpayer:
    if len(cells) > len(head):
        raise _BadCell("", ",".join(cells[len(head) :]), text("reminders.list.cells"))
    taxpayer = _taxpayer(dict(zip(head, cells, strict=False)))
    if taxpayer.id in seen:
        reason = text("reminders.list.duplicate", row=seen[taxpayer.id])
        raise _BadCell("uscc", taxpayer.id, reason)
    return taxpayer


def _rows(reader: Any, found: TaxpayerList) -> Iterator[tuple[int, list[str]]]:
    """Give the rows that are not blank with the number of the line each ends on."""
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        _fault(found, reader.line_num, "", "", text("reminders.list.broken"))


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _fault(found: TaxpayerList, row: int, column: str, value: str, reason: str) -> None:
    shown = mask(value[:80]).text
    found.bad.append(BadRow(row=row, column=mask(column[:80]).text, value=shown, reason=reason))


def _taxpayer(cells: dict[str, str]) -> Taxpayer:
    """Read one row.

    Raises:
        _BadCell: the first cell that cannot be taken.
    """
    cells = {column: cell.strip() for column, cell in cells.items()}
    for column in REQUIRED:
        if not cells.get(column):
            raise _BadCell(column, "", text("reminders.list.missing"))
    for column, limit in LONGEST.items():
        if len(cells.get(column, "")) > limit:
            raise _BadCell(column, cells[column], text("reminders.list.long"))
    code = check_uscc(cells["uscc"])
    if code.fault is not None:
        reason = text(f"reminders.list.{code.fault}")
        if code.suggestion:
            reason = text("reminders.list.suggestion", reason=reason, suggestion=code.suggestion)
        raise _BadCell("uscc", cells["uscc"], reason)
    if is_identity_number(code.code):
        raise _BadCell("uscc", code.code, text("reminders.list.identity_number"))
    facts = {name: _fact(name, cells[name]) for name in PROFILE if cells.get(name)}
    return Taxpayer(
        id=code.code, name=cells["name"], uscc=code.code, profile=Profile.model_validate(facts)
    )


def _fact(name: str, cell: str) -> Any:
    column = PROFILE[name]
    if column.choices and cell not in column.choices:
        choices = ", ".join(column.choices)
        raise _BadCell(name, cell, text("reminders.list.choice", choices=choices))
    if column.kind == "number":
        return _number(name, cell)
    if column.kind == "date":
        if (day := as_date(cell)) is None:
            raise _BadCell(name, cell, text("reminders.list.date"))
        return day
    if column.kind == "tags":
        return tuple(filter(None, (tag.strip() for tag in cell.split(TAG_SEPARATOR))))[:50]
    return cell


def _number(name: str, cell: str) -> Any:
    """Read people as a whole number, money as yuan with up to two places; income may be a loss."""
    form = {"employees": r"\d{1,9}", "annual_taxable_income": r"-?\d{1,13}(\.\d{1,2})?"}
    if not re.fullmatch(form.get(name, r"\d{1,13}(\.\d{1,2})?"), cell, re.ASCII):
        raise _BadCell(name, cell, text("reminders.list.number"))
    return Decimal(cell)
