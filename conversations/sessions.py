"""A device's right to a conversation, and signing in later."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from conversations import protected, repository
from conversations.errors import ConversationInHand
from conversations.files import repository as files
from conversations.schemas import State
from conversations.service import access_conversation
from core.audit import record
from core.database import Tx
from core.errors import NotAllowed, NotSignedIn
from core.identity import new_id, new_token, token_hash
from core.texts import DEFAULT
from taxpayers.schemas import Party, Profile
from taxpayers.service import access_taxpayer, admit

LIFETIME = timedelta(hours=24)
"""A session ends so long after its last use."""


class Opened(NamedTuple):
    """A new session and the conversation it speaks in."""

    session_id: str
    token: str
    expires_at: datetime
    conversation: State


class Session(NamedTuple):
    """A session in use."""

    id: str
    conversation_id: str
    expires_at: datetime


def open_session(
    tx: Tx,
    party: Party | None,
    *,
    channel: str,
    locale: str | None,
    profile: Profile,
    preferred: str = DEFAULT,
) -> Opened:
    """Open a session: an identified party goes on in its one conversation, a visitor gets one.

    Args:
        locale: the language asked for; None keeps the conversation's.
        preferred: the language of a new conversation when none is asked for.
    """
    conversation = _conversation(tx, party, locale, profile, preferred)
    session_id, token, expires_at = new_id("ss"), new_token(), tx.now + LIFETIME
    repository.insert_session(
        tx,
        {
            "id": session_id,
            "conversation_id": conversation.id,
            "token_hash": token_hash(token),
            "channel": channel,
            "expires_at": expires_at,
        },
    )
    return Opened(session_id, token, expires_at, conversation)


def _conversation(
    tx: Tx, party: Party | None, locale: str | None, profile: Profile, preferred: str
) -> State:
    if party is not None:
        admit(tx, party)
        found = repository.conversation_of(tx, party.person.id, party.taxpayer.id)
        if found is not None:
            changes = {"locale": locale or found.locale, "assurance": party.assurance}
            repository.update_conversation(tx, found.id, **changes)
            return found.model_copy(update=changes)
    conversation_id = new_id("cv")
    repository.insert_conversation(
        tx,
        {
            "id": conversation_id,
            "person_id": party and party.person.id,
            "taxpayer_id": party and party.taxpayer.id,
            "assurance": party.assurance if party else "anonymous",
            "profile": {} if party else profile.document(),
            "locale": locale or preferred,
        },
    )
    return access_conversation(tx, conversation_id)


def change_locale(tx: Tx, session: Session, locale: str) -> State:
    """Let everything be said in a language from now on; what was said stays as it is."""
    current = access_conversation(tx, session.conversation_id, change=True)
    if current.locale == locale:
        return current
    repository.update_conversation(tx, current.id, locale=locale)
    tx.notify(f"conversation:{current.id}")
    return current.model_copy(update={"locale": locale})


def access_session(tx: Tx, session_id: str, token: str) -> Session:
    """Load the session that a token opens.

    Raises:
        NotSignedIn: the token is unknown or has expired.
        NotAllowed: the token belongs to another session.
    """
    session = session_of(tx, token)
    if session.id != session_id:
        raise NotAllowed("this token belongs to another session")
    return session


def session_of(tx: Tx, token: str) -> Session:
    """Load the session that a token opens.

    Raises:
        NotSignedIn: the token is unknown or has expired.
    """
    row = repository.session_by_token(tx, token_hash(token))
    if row is None or row.expires_at <= tx.now:
        raise NotSignedIn("this session has ended; open a new one")
    return Session(row.id, row.conversation_id, row.expires_at)


def reload(tx: Tx, session: Session) -> Session:
    """Load a session as it stands now: it may speak in another conversation since."""
    row = repository.session_by_id(tx, session.id)
    return Session(row.id, row.conversation_id, row.expires_at)


def renew(tx: Tx, session: Session) -> None:
    """Put off the end of a session in use."""
    repository.renew_session(tx, session.id, tx.now + LIFETIME)


def profile_of(tx: Tx, conversation: State) -> dict[str, Any]:
    """Return the known facts of whom the conversation is held for."""
    if conversation.taxpayer_id is None:
        return Profile.model_validate(conversation.profile).facts()
    return access_taxpayer(tx, conversation.taxpayer_id).profile.facts()


def identify(tx: Tx, session: Session, party: Party) -> State:
    """Let an anonymous conversation become the party's, or join the one it has.

    What was said is copied to the end of the party's log; the anonymous log stays as it was.

    Raises:
        NotAllowed: the conversation belongs to somebody else already.
        ConversationInHand: both conversations have a person's attention or wait for it.
    """
    current = access_conversation(tx, session.conversation_id, change=True)
    admit(tx, party)
    if current.person_id is not None:
        if (current.person_id, current.taxpayer_id) != (party.person.id, party.taxpayer.id):
            raise NotAllowed("this conversation is another person's; open a new session")
        return current
    theirs = repository.conversation_of(tx, party.person.id, party.taxpayer.id)
    if theirs is None:
        changes = {
            "person_id": party.person.id,
            "taxpayer_id": party.taxpayer.id,
            "assurance": party.assurance,
        }
        repository.update_conversation(tx, current.id, **changes)
        record(tx, party.person.id, "conversations:conversation:identify", current.id)
        return access_conversation(tx, current.id)
    return _join(tx, session, current, theirs, party)


def _join(tx: Tx, session: Session, current: State, theirs: State, party: Party) -> State:
    if current.owner != "bot":
        raise ConversationInHand(
            "this consultation is waiting for or with a person; sign in again when it is closed"
        )
    theirs = access_conversation(tx, theirs.id, change=True)
    said = repository.log_of(tx, current.id)
    seq = theirs.last_seq
    moved_seqs: dict[int, int] = {}
    for row in said:
        seq += 1
        moved_seqs[row["seq"]] = seq
        moved = {"conversation_id": theirs.id, "seq": seq, "client_message_id": None}
        repository.insert_message(
            tx, dict(row) | moved | {"body": row["body"] | {"meta": _joined_meta(row["body"])}}
        )
    repository.set_seq(tx, theirs.id, seq)
    files.move(tx, current.id, theirs.id, moved_seqs)
    protected.move(tx, current.id, theirs.id)
    if current.consultation_id:
        repository.update_consultation(tx, current.consultation_id, closed_at=tx.now)
    repository.update_conversation(tx, current.id, joined_to=theirs.id, consultation_id=None)
    repository.move_session(tx, session.id, theirs.id)
    record(tx, party.person.id, "conversations:conversation:join", current.id, to=theirs.id)
    tx.notify(f"conversation:{theirs.id}")
    return access_conversation(tx, theirs.id)


def _joined_meta(body: dict[str, Any]) -> dict[str, Any]:
    return {**body.get("meta", {}), "joined": True}


def is_open(tx: Tx, conversation_id: str) -> bool:
    """Whether a device has a session in this conversation now."""
    return repository.has_session(tx, conversation_id)
