"""What editors are refused."""

from core.errors import DaobanError, NotFound


class NoSuchEntry(NotFound):
    """No entry has this id."""

    code = "no_such_entry"


class NoSuchVersion(NotFound):
    """The entry has no version of this number."""

    code = "no_such_version"


class EntryExists(DaobanError):
    """An entry has this id already."""

    status = 409
    code = "entry_exists"


class EntryChanged(DaobanError):
    """Somebody else saved meanwhile; `extra` holds both texts and how they merge."""

    status = 409
    code = "entry_changed"


class WrongState(DaobanError):
    """What the entry is at does not allow this."""

    status = 409
    code = "wrong_state"


class OwnWork(DaobanError):
    """Nobody approves what he wrote himself."""

    status = 409
    code = "own_work"


class EntryHasFaults(DaobanError):
    """The rules say something against it; `faults` in `extra` says what."""

    status = 422
    code = "entry_has_faults"


class NoSuchGroup(NotFound):
    """No open group has this id: it was handled, or its first question was erased."""

    code = "no_such_group"


class NobodyConcerned(DaobanError):
    """No conversation got that answer in that time."""

    status = 422
    code = "nobody_concerned"


class TimeNotOver(DaobanError):
    """A correction reaches into the time to come."""

    status = 422
    code = "time_not_over"


class NoSuchCorrection(NotFound):
    """There is no correction of this id."""

    code = "no_such_correction"
