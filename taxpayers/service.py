"""Keeping the register, from host tokens and lists."""

from core.database import Tx
from core.errors import NotFound
from taxpayers import repository
from taxpayers.schemas import Party, Taxpayer


def upsert_taxpayer(tx: Tx, who: Taxpayer) -> None:
    """Take a taxpayer into the register, or what is new of it."""
    repository.put_taxpayer(tx, who)


def admit(tx: Tx, party: Party) -> Taxpayer:
    """Take the party of a verified host token; return the taxpayer as the register knows it."""
    repository.put_person(tx, party.person)
    repository.put_taxpayer(tx, party.taxpayer)
    repository.put_authorisation(tx, party)
    return access_taxpayer(tx, party.taxpayer.id)


def access_taxpayer(tx: Tx, taxpayer_id: str) -> Taxpayer:
    """Load a taxpayer.

    Raises:
        NotFound: the register has none with this id.
    """
    found = repository.taxpayer_by_id(tx, taxpayer_id)
    if found is None:
        raise NotFound(f"no taxpayer {taxpayer_id}: import it, or open a session with its token")
    return found
