"""The SQL of campaigns and of the inbox."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from conversations.models import chat_session, conversation
from core.conditions import Condition, to_sql
from core.database import Tx
from core.tables import Money
from reminders.models import campaign, campaign_member, campaign_run, outreach
from reminders.schemas import CampaignSpec, CampaignState, Counts
from taxpayers.models import taxpayer

ACTIVE: tuple[CampaignState, ...] = ("running", "done")
"""The states in which cards are given."""


class Waiting(NamedTuple):
    """A card that may be given now, and where."""

    taxpayer_id: str
    campaign_key: str
    conversation_id: str
    created_at: datetime


def insert_campaign(tx: Tx, spec: CampaignSpec) -> bool:
    """Insert a draft; False when the key is taken."""
    result = tx.execute(
        tx.insert(campaign)
        .values(
            key=spec.key,
            spec=spec.model_dump(mode="json"),
            state="draft",
            created_at=tx.now,
            updated_at=tx.now,
        )
        .on_conflict_do_nothing()
    )
    return result.rowcount == 1


def campaign_by_key(tx: Tx, key: str, *, change: bool = False) -> sa.Row[Any] | None:
    """Load a campaign; with `change` nobody else changes it until the commit."""
    query = sa.select(campaign).where(campaign.c.key == key)
    return tx.execute(query.with_for_update() if change else query).first()


def update_campaign(tx: Tx, key: str, **values: Any) -> None:
    """Change columns of a campaign."""
    tx.execute(sa.update(campaign).where(campaign.c.key == key).values(updated_at=tx.now, **values))


def ids_by_uscc(tx: Tx, codes: Collection[str]) -> dict[str, str]:
    """Return the register's ids of the taxpayers with these credit codes."""
    rows = tx.execute(
        sa.select(taxpayer.c.uscc, sa.func.min(taxpayer.c.id).label("id"))
        .where(taxpayer.c.uscc.in_(codes))
        .group_by(taxpayer.c.uscc)
    )
    return {row.uscc: row.id for row in rows}


def insert_members(tx: Tx, key: str, taxpayer_ids: Sequence[str]) -> None:
    """Put taxpayers on a campaign's list, each once."""
    tx.execute(
        tx.insert(campaign_member).on_conflict_do_nothing(),
        [{"campaign_key": key, "taxpayer_id": each} for each in taxpayer_ids],
    )


def has_members(tx: Tx, key: str) -> bool:
    """Whether a campaign has a list."""
    query = sa.select(campaign_member.c.taxpayer_id).where(campaign_member.c.campaign_key == key)
    return tx.execute(query.limit(1)).first() is not None


def insert_run(tx: Tx, key: str) -> None:
    """Begin the next passage through the register."""
    number = tx.execute(
        sa.select(sa.func.coalesce(sa.func.max(campaign_run.c.number), 0)).where(
            campaign_run.c.campaign_key == key
        )
    ).scalar_one()
    tx.execute(
        sa.insert(campaign_run).values(
            campaign_key=key, number=number + 1, cursor="", added=0, started_at=tx.now
        )
    )


def end_runs(tx: Tx, key: str) -> None:
    """End the passage that goes on, if one does."""
    tx.execute(
        sa.update(campaign_run)
        .where(campaign_run.c.campaign_key == key, campaign_run.c.ended_at.is_(None))
        .values(ended_at=tx.now)
    )


def take_run(tx: Tx) -> sa.Row[Any] | None:
    """Return the oldest passage that goes on and that no other worker has in hand."""
    return tx.execute(
        sa.select(campaign_run, campaign.c.spec)
        .join(campaign, campaign.c.key == campaign_run.c.campaign_key)
        .where(campaign_run.c.ended_at.is_(None), campaign.c.state == "running")
        .order_by(campaign_run.c.started_at, campaign_run.c.campaign_key)
        .limit(1)
        .with_for_update(skip_locked=True, of=campaign_run)
    ).first()


def move_cursor(tx: Tx, run: Any, cursor: str, added: int) -> None:
    """Note how far a passage has come."""
    tx.execute(
        sa.update(campaign_run)
        .where(campaign_run.c.campaign_key == run.campaign_key, campaign_run.c.number == run.number)
        .values(cursor=cursor, added=campaign_run.c.added + added)
    )


def fact(name: str) -> sa.ColumnElement[Any]:
    """Return the register's column of a profile field, money in yuan."""
    column = taxpayer.c[name]
    if isinstance(column.type, Money):
        fen: sa.ColumnElement[float] = sa.cast(sa.type_coerce(column, sa.BigInteger()), sa.Double())
        return fen / sa.literal(100.0, sa.Double())
    return column


def chunk_end(tx: Tx, key: str, cursor: str, size: int, *, listed: bool) -> str | None:
    """Return the id that ends the next full chunk, None when less than a chunk is left."""
    column = campaign_member.c.taxpayer_id if listed else taxpayer.c.id
    query = sa.select(column).where(column > cursor).order_by(column).offset(size - 1).limit(1)
    if listed:
        query = query.where(campaign_member.c.campaign_key == key)
    end: str | None = tx.execute(query).scalar()
    return end


def add_recipients(
    tx: Tx,
    key: str,
    audience: Condition,
    remind_at: datetime,
    *,
    after: str,
    upto: str | None,
    listed: bool,
) -> int:
    """Give each taxpayer of a chunk that the audience holds for its row; return how many are new.

    The condition must be true: a taxpayer with an unknown fact that decides is left out.
    """
    chosen = sa.select(
        sa.literal(key, sa.Text()),
        taxpayer.c.id,
        sa.literal(tx.now, outreach.c.created_at.type),
        sa.literal(remind_at, outreach.c.remind_at.type),
        sa.literal(0, sa.Integer()),
        sa.literal([], outreach.c.history.type),
    ).where(taxpayer.c.id > after, to_sql(audience, fact))
    if upto is not None:
        chosen = chosen.where(taxpayer.c.id <= upto)
    if listed:
        chosen = chosen.join(
            campaign_member,
            sa.and_(
                campaign_member.c.taxpayer_id == taxpayer.c.id,
                campaign_member.c.campaign_key == key,
            ),
        )
    columns = ["campaign_key", "taxpayer_id", "created_at", "remind_at", "rounds", "history"]
    return tx.execute(
        tx.insert(outreach).from_select(columns, chosen).on_conflict_do_nothing()
    ).rowcount


def know_sizes(tx: Tx) -> None:
    """Let PostgreSQL see what the inbox holds now, as it does by itself only once a minute.

    To be called when the first rows of a push are in. Taking the inbox for small, it would read the
    whole of it, chunk after chunk, to find the few cards of who is here.
    """
    if tx.dialect == "postgresql":
        tx.execute(sa.text("ANALYZE outreach"))


def counts(tx: Tx, key: str) -> Counts:
    """Count the funnel of a campaign."""

    def answered(action: str) -> sa.ColumnElement[int]:
        return sa.func.count().filter(outreach.c.answer == action)

    row = tx.execute(
        sa.select(
            sa.func.count().label("audience"),
            sa.func.count(outreach.c.delivered_at).label("delivered"),
            sa.func.count(outreach.c.read_at).label("read"),
            answered("done").label("done"),
            answered("later").label("later"),
            answered("not_applicable").label("not_applicable"),
            answered("ask").label("asked"),
        ).where(outreach.c.campaign_key == key)
    ).one()
    return Counts.model_validate(row._asdict())


def waiting(
    tx: Tx, *, limit: int, conversation_id: str | None = None, first_only: bool = False
) -> list[Waiting]:
    """Return cards that may be given now, by recipient.

    Args:
        limit: at most so many; a card is named once for each conversation it could go into.
        conversation_id: only those for this one; None: for all that have a session.
        first_only: leave out those that were given before.
    """
    query = (
        sa.select(
            outreach.c.taxpayer_id,
            outreach.c.campaign_key,
            conversation.c.id,
            outreach.c.created_at,
        )
        .join(conversation, conversation.c.taxpayer_id == outreach.c.taxpayer_id)
        .join(campaign, campaign.c.key == outreach.c.campaign_key)
        .where(outreach.c.remind_at <= tx.now, campaign.c.state.in_(ACTIVE))
        .limit(limit)
    )
    if conversation_id is not None:
        query = query.where(conversation.c.id == conversation_id)
    else:
        # from the few open sessions to their cards: no ORDER BY, which would walk the whole inbox
        here = sa.select(chat_session.c.conversation_id).where(chat_session.c.expires_at > tx.now)
        query = query.where(conversation.c.id.in_(here))
    if first_only:
        query = query.where(outreach.c.rounds == 0)
    return sorted(Waiting._make(row) for row in tx.execute(query))


def _row(campaign_key: Any, taxpayer_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(outreach.c.campaign_key == campaign_key, outreach.c.taxpayer_id == taxpayer_id)


def claim(tx: Tx, card: Waiting) -> bool:
    """Mark a card as given; False when somebody else gave it meanwhile."""
    result = tx.execute(
        sa.update(outreach)
        .where(_row(card.campaign_key, card.taxpayer_id), outreach.c.remind_at <= tx.now)
        .values(
            remind_at=None,
            rounds=outreach.c.rounds + 1,
            conversation_id=card.conversation_id,
            delivered_at=sa.func.coalesce(outreach.c.delivered_at, tx.now),
        )
    )
    return result.rowcount == 1


def update_outreach(tx: Tx, campaign_key: str, taxpayer_id: str, **values: Any) -> None:
    """Change columns of a recipient's row."""
    tx.execute(sa.update(outreach).where(_row(campaign_key, taxpayer_id)).values(**values))


def outreach_of(tx: Tx, campaign_key: str, taxpayer_id: str) -> sa.Row[Any] | None:
    """Load a recipient's row; until the commit nobody else changes it."""
    return tx.execute(
        sa.select(outreach).where(_row(campaign_key, taxpayer_id)).with_for_update()
    ).first()


def reminders_of(tx: Tx, taxpayer_id: str) -> Sequence[sa.Row[Any]]:
    """Return spec and present answer of each campaign that has a place for a taxpayer."""
    return tx.execute(
        sa.select(campaign.c.spec, outreach.c.answer)
        .join(outreach, _row(campaign.c.key, taxpayer_id))
        .where(campaign.c.state.in_(ACTIVE))
        .order_by(campaign.c.created_at, campaign.c.key)
    ).all()


def set_read(tx: Tx, conversation_id: str, seq: int) -> None:
    """Note that the cards up to a seq were read, the first time."""
    tx.execute(
        sa.update(outreach)
        .where(
            outreach.c.conversation_id == conversation_id,
            outreach.c.seq <= seq,
            outreach.c.read_at.is_(None),
        )
        .values(read_at=tx.now)
    )
