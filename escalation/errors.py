"""What can be refused at the desk and at its door."""

from core.errors import DaobanError, NotFound


class BadCredentials(DaobanError):
    """Unknown account or wrong password; which of the two is not told."""

    status = 401
    code = "bad_credentials"


class UsernameTaken(DaobanError):
    """Another account has this username."""

    status = 409
    code = "username_taken"


class AlreadyClaimed(DaobanError):
    """Somebody holds this consultation, or it has ended; `holder` says who."""

    status = 409
    code = "already_claimed"


class AtCapacity(DaobanError):
    """One holds as many consultations as one takes at once: `in_hand`, `capacity`."""

    status = 409
    code = "at_capacity"


class NotHolder(DaobanError):
    """Only who holds a consultation may do this; `holder` says who does."""

    status = 409
    code = "not_holder"


class NoSuchStaff(NotFound):
    """No account with this username."""

    code = "no_such_staff"


class NoSuchQueue(NotFound):
    """No queue with this id."""

    code = "no_such_queue"
