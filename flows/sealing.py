"""Protected values of a run: sealed apart from it; the log and the run show their masks only."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from conversations.protected import keep
from core.database import Tx
from core.identifiers import mask
from core.vault import Vault
from flows.definition import FlowField
from flows.reading import NotRead, read
from flows.schemas import Run
from flows.telling import DAYS
from flows.values import Known, masked
from knowledge_base.text import normalise

LIFETIME = timedelta(days=DAYS)
"""A run, and with it what was sealed for it, ends so long after its last answer."""
SHOWN = 200
"""Characters of a value that the log shows."""

_DIGITS = re.compile(r"[0-9](?:[ -]?[0-9x]){5,24}")


def sealed(tx: Tx, vault: Vault, run: Run, field: FlowField, taken: Any) -> Any:
    """Return a checked value as it is stored: what is protected of it as {ref, mask}."""

    def seal(kind: str, key: str, value: str) -> dict[str, str]:
        reference = keep(
            tx,
            vault,
            conversation_id=run.conversation_id,
            subject=run.id,
            field=key,
            kind=kind,
            value=value,
            ttl=LIFETIME,
        )
        return {"ref": reference, "mask": masked(kind, value)}

    if taken is None:
        return None
    if field.is_protected:
        return seal(field.type, field.key, taken)
    hidden = {column.key: column.type for column in field.fields if column.is_protected}
    if not hidden:
        return taken
    return [
        {
            key: seal(hidden[key], key, value)
            if key in hidden and isinstance(value, str)
            else value
            for key, value in row.items()
        }
        for row in taken
    ]


def with_known(stored: Any, raw: Any) -> Any:
    """Return a list as it was sent, masks in it as the sealed cells that they show.

    A client has only the masks of what was given before; it sends them back with what it changed.
    Of two rows with the same mask, the one in the same place is meant.
    """
    if not isinstance(stored, list) or not isinstance(raw, list):
        return raw

    def cell(place: int, key: str, value: Any) -> Any:
        for row in (*stored[place : place + 1], *stored):
            kept = row.get(key) if isinstance(row, dict) else None
            if isinstance(kept, dict) and value == kept["mask"]:
                return Known(kept)
        return value

    return [
        {key: cell(place, key, value) for key, value in row.items()}
        if isinstance(row, dict)
        else row
        for place, row in enumerate(raw)
    ]


def loggable(field: FlowField | None, raw: Any) -> Any:
    """Return what of a value that was sent, right or wrong, may stand in the log."""
    if field is not None and field.is_protected:
        return None if raw is None else masked(field.type, str(raw))
    hidden = {c.key: c.type for c in field.fields if c.is_protected} if field else {}
    return _masked(raw, hidden)


def _masked(raw: Any, hidden: Mapping[str, str]) -> Any:
    if isinstance(raw, str):
        return mask(raw).text
    if isinstance(raw, list):
        return [_masked(each, hidden) for each in raw]
    if isinstance(raw, dict):
        return {
            str(key): masked(hidden[key], str(value)) if key in hidden else _masked(value, {})
            for key, value in raw.items()
        }
    return raw


def has_protected(field: FlowField) -> bool:
    """Whether a field, or a column of it, is protected."""
    return field.is_protected or any(column.is_protected for column in field.fields)


def number_in(field: FlowField, words: str, today: date) -> Any:
    """Return what a text gives for a protected field; None when it gives nothing.

    A number with a wrong digit counts too: it must not stand in the log either.
    """
    try:
        return read(field, words, today, ())
    except NotRead:
        pass
    if field.type not in {"identity_number", "phone"}:
        return None
    found = _DIGITS.search(normalise(words))
    return found.group().upper() if found else None
