"""Campaigns: kept, started, stopped, and worked off in chunks that a crash cannot double."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from core.audit import record
from core.calendar import TaxCalendar, tax_calendar
from core.clock import SHANGHAI
from core.conditions import parse
from core.database import Database, Tx
from core.obligations import due
from reminders import repository
from reminders.errors import (
    BadCampaign,
    CampaignStarted,
    DeadlinePassed,
    NobodyOnList,
    NoSuchCampaign,
)
from reminders.lists import read_list
from reminders.schemas import Campaign, CampaignSpec, ImportReport
from taxpayers.schemas import Taxpayer
from taxpayers.service import upsert_taxpayer

CHUNK = 5_000
"""Taxpayers looked at in one transaction: longer ones would keep the chat waiting."""
LIST_CHUNK = 500
WAKE = "reminders"
"""The channel that wakes the worker."""


def load_spec(path: Path) -> CampaignSpec:
    """Read a campaign from a YAML or JSON file.

    Raises:
        BadCampaign: with the file, the place in it and what to write.
    """
    try:
        return CampaignSpec.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        faults = (
            f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise BadCampaign(f"{path.name}: {'; '.join(faults)}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadCampaign(f"{path.name} is no YAML: {error}") from error
    except OSError as error:
        raise BadCampaign(f"{path} cannot be read: {error.strerror}") from error


def put_campaign(tx: Tx, spec: CampaignSpec, *, actor: str) -> Campaign:
    """Keep a campaign as a draft; the same again changes nothing.

    Raises:
        CalendarUnconfirmed: its deadline is not announced.
        CampaignStarted: it was started with another content.
    """
    due(spec.obligation, spec.tax_period, tax_calendar())
    if repository.insert_campaign(tx, spec):
        record(tx, actor, "reminders:campaign:create", spec.key)
        return access_campaign(tx, spec.key)
    kept = access_campaign(tx, spec.key, change=True)
    if kept.spec == spec:
        return kept
    if kept.state != "draft":
        raise CampaignStarted(
            f"campaign {spec.key} was started already; give the changed one another key"
        )
    repository.update_campaign(tx, spec.key, spec=spec.model_dump(mode="json"))
    record(tx, actor, "reminders:campaign:change", spec.key)
    return access_campaign(tx, spec.key)


def access_campaign(tx: Tx, key: str, *, change: bool = False) -> Campaign:
    """Load a campaign with its counts.

    Raises:
        NoSuchCampaign: there is none with this key.
    """
    row = repository.campaign_by_key(tx, key, change=change)
    if row is None:
        raise NoSuchCampaign(f"no campaign {key}: put it first")
    return Campaign(
        key=key,
        state=row.state,
        counts=repository.counts(tx, key),
        spec=CampaignSpec.model_validate(row.spec),
        updated_at=row.updated_at,
    )


def start(tx: Tx, key: str, *, actor: str, calendar: TaxCalendar | None = None) -> Campaign:
    """Let a campaign run; one that is done or stopped looks for recipients anew, doubling none.

    Raises:
        NoSuchCampaign: there is none with this key.
        DeadlinePassed: it would remind of a day that lies behind.
    """
    kept = access_campaign(tx, key, change=True)
    if kept.state == "running":
        return kept
    last = due(kept.spec.obligation, kept.spec.tax_period, calendar or tax_calendar()).date
    if last < tx.now.astimezone(SHANGHAI).date():
        raise DeadlinePassed(f"campaign {key} reminds of {last}, which has passed", due=str(last))
    repository.update_campaign(tx, key, state="running")
    repository.insert_run(tx, key)
    record(tx, actor, "reminders:campaign:start", key)
    tx.notify(WAKE)
    return access_campaign(tx, key)


def stop(tx: Tx, key: str, *, actor: str) -> Campaign:
    """Hold a campaign: no further recipient, no further card.

    Raises:
        NoSuchCampaign: there is none with this key.
    """
    kept = access_campaign(tx, key, change=True)
    if kept.state == "stopped":
        return kept
    repository.end_runs(tx, key)
    repository.update_campaign(tx, key, state="stopped")
    record(tx, actor, "reminders:campaign:stop", key)
    return access_campaign(tx, key)


def expand(tx: Tx, chunk: int = CHUNK) -> bool:
    """Give the next chunk of taxpayers of a running campaign their rows; False: nothing to do.

    Rows and cursor are one transaction, and a row is unique per campaign and taxpayer: killed at
    any moment, the next call goes on where the last commit ended.
    """
    run = repository.take_run(tx)
    if run is None:
        return False
    spec = CampaignSpec.model_validate(run.spec)
    remind_at = max(tx.now, spec.schedule.start_at) if spec.schedule else tx.now
    listed = repository.has_members(tx, spec.key)
    end = repository.chunk_end(tx, spec.key, run.cursor, chunk, listed=listed)
    added = repository.add_recipients(
        tx, spec.key, parse(spec.audience), remind_at, after=run.cursor, upto=end, listed=listed
    )
    if not run.cursor:
        repository.know_sizes(tx)
    repository.move_cursor(tx, run, run.cursor if end is None else end, added)
    if end is None:
        repository.end_runs(tx, spec.key)
        repository.update_campaign(tx, spec.key, state="done")
    return True


def _take(tx: Tx, key: str, taxpayers: Sequence[Taxpayer]) -> None:
    known = repository.ids_by_uscc(tx, [each.uscc for each in taxpayers if each.uscc])
    ids = []
    for each in taxpayers:
        who = each.model_copy(update={"id": known.get(each.id, each.id)})
        upsert_taxpayer(tx, who)
        ids.append(who.id)
    repository.insert_members(tx, key, ids)


async def import_list(database: Database, key: str, data: bytes) -> ImportReport:
    """Take the good rows of a CSV file into the register and onto a campaign's list.

    Raises:
        NoSuchCampaign: there is none with this key.
        NobodyOnList: no row could be taken.
    """
    await database.read(lambda tx: access_campaign(tx, key))
    found = await asyncio.to_thread(read_list, data)
    if not found.taxpayers:
        raise NobodyOnList(
            "no row of the list can be taken; put right what the report names",
            report=found.report().model_dump(mode="json"),
        )
    for first in range(0, len(found.taxpayers), LIST_CHUNK):
        part = found.taxpayers[first : first + LIST_CHUNK]
        await database.write(lambda tx, part=part: _take(tx, key, part))  # type: ignore[misc]
    return found.report()


async def push(
    database: Database, spec: CampaignSpec, data: bytes | None, *, actor: str
) -> tuple[Campaign, ImportReport | None]:
    """Keep a campaign, take its list where there is one, and start it.

    The worker does the rest. Run again after an interruption it completes what is missing.
    """
    await database.write(lambda tx: put_campaign(tx, spec, actor=actor))
    report = await import_list(database, spec.key, data) if data is not None else None
    started = await database.write(lambda tx: start(tx, spec.key, actor=actor))
    return started, report
