"""One base class for everything that is refused; a subclass is one case, told as RFC 9457."""

from typing import Any, ClassVar


class DaobanError(Exception):
    """A request or command that cannot be done, with what the caller can do about it.

    Attributes:
        status: HTTP status of the answer.
        code: stable name in snake_case, part of the public contract.
        detail: one sentence that says what is wrong and what to do.
        extra: further members of the problem document.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra

    def problem(self) -> dict[str, Any]:
        """Return the RFC 9457 problem document of this error."""
        title = self.code.replace("_", " ")
        return {
            "type": f"urn:daoban:error:{self.code}",
            "title": title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.extra,
        }


class BadInput(DaobanError):
    """The request does not have the form that the contract asks for."""

    status = 422
    code = "bad_input"


class NotSignedIn(DaobanError):
    """No token, or one that is forged or expired."""

    status = 401
    code = "not_signed_in"


class NotAllowed(DaobanError):
    """Signed in, but this is not theirs."""

    status = 403
    code = "not_allowed"


class NotFound(DaobanError):
    """No such thing, or none that the caller may see."""

    status = 404
    code = "not_found"


class TooMany(DaobanError):
    """A rate limit was reached; `retry_after` (seconds) says when to come back."""

    status = 429
    code = "too_many_requests"


class Unavailable(DaobanError):
    """A part that this needs is down; trying again later helps."""

    status = 503
    code = "unavailable"


class BadSettings(DaobanError):
    """A setting that cannot work; raised at start, never while serving."""

    status = 500
    code = "bad_settings"
