"""The register's SQL."""

from typing import Any

import sqlalchemy as sa

from core.database import Tx
from taxpayers.models import authorisation, person, taxpayer
from taxpayers.schemas import Party, Person, Profile, Taxpayer


def put_person(tx: Tx, who: Person) -> None:
    """Insert or update a person."""
    values = {"name": who.name, "updated_at": tx.now}
    tx.execute(
        tx.insert(person)
        .values(id=who.id, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


def put_taxpayer(tx: Tx, who: Taxpayer) -> None:
    """Insert or update a taxpayer; fields that are unknown now keep what was known."""
    known: dict[str, Any] = who.profile.facts()
    known |= {"tags": list(who.profile.tags)} if who.profile.tags else {}
    known |= {"uscc": who.uscc} if who.uscc else {}
    values = {"name": who.name, "updated_at": tx.now, **known}
    tx.execute(
        tx.insert(taxpayer)
        .values(**{"id": who.id, "tags": [], **values})
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


def put_authorisation(tx: Tx, party: Party) -> None:
    """Record that the host vouched for this pair now."""
    values = {"role": party.role, "assurance": party.assurance, "confirmed_at": tx.now}
    tx.execute(
        tx.insert(authorisation)
        .values(person_id=party.person.id, taxpayer_id=party.taxpayer.id, **values)
        .on_conflict_do_update(index_elements=["person_id", "taxpayer_id"], set_=values)
    )


def taxpayer_by_id(tx: Tx, taxpayer_id: str) -> Taxpayer | None:
    """Load a taxpayer with its profile."""
    row = tx.execute(sa.select(taxpayer).where(taxpayer.c.id == taxpayer_id)).mappings().first()
    if row is None:
        return None
    profile = Profile.model_validate({key: row[key] for key in Profile.model_fields})
    return Taxpayer(id=row["id"], name=row["name"], uscc=row["uscc"], profile=profile)
