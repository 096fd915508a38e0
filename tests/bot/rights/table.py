"""Who may do what: every route of the application, by name, with its door.

A new route fails `test_rights.py` until it has a row here:

    Row("POST", "/api/v1/desk/consultations/{consultation_id}/claim", staff(*SERVING), gives=404),

`gives` is the status for those whom the door lets in, when they send `sends` and the made-up ids
of `PARAMETERS`; a row of a socket (method WS) gives nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.commands.commands import COMMANDS
from bot.machine.clients import SCOPES
from escalation.staff.schemas import ROLES

STAFF = frozenset(ROLES)
MACHINES = frozenset({f"machine with {scope}" for scope in SCOPES} | {"machine without scopes"})
ACTORS = (
    "nobody",
    "a forged token",
    "the session's owner",
    "another session",
    "the process's own command line",
    *sorted(STAFF),
    *sorted(MACHINES),
)
"""All who call; each sends its token as Authorization: Bearer."""


@dataclass(frozen=True)
class Door:
    """Who is let in, who is told that it is not theirs (403); the others are told to sign in.

    Attributes:
        otherwise: what all the others get.
    """

    admits: frozenset[str] = frozenset()
    forbids: frozenset[str] = frozenset()
    otherwise: int = 401

    def status(self, actor: str) -> int | None:
        """Return the status of a refusal, None for who is let in."""
        if actor in self.admits:
            return None
        return 403 if actor in self.forbids else self.otherwise


ANYONE = Door(admits=frozenset(ACTORS))
OWNER = Door(frozenset({"the session's owner"}), frozenset({"another session"}))
COMMAND_LINE = Door(frozenset({"the process's own command line"}))
DIALOGUE_SERVER = Door(otherwise=403)
"""Rasa's token goes in a header of its own; no bearer token opens this."""


def staff(*roles: str) -> Door:
    """Return the door for staff with one of these roles."""
    assert STAFF.issuperset(roles)
    return Door(frozenset(roles), STAFF - set(roles))


def machine(scope: str) -> Door:
    """Return the door for machine clients with this scope."""
    mine = frozenset({f"machine with {scope}"})
    assert mine <= MACHINES
    return Door(mine, MACHINES - mine)


SERVING = ("officer", "guide", "expert", "shift_leader")
READING = (*SERVING, "quality", "auditor")
CAMPAIGNS = staff("campaign_operator", "administrator")
KB_READERS = staff("editor", "reviewer", "administrator", "auditor")
KB_EDITORS = staff("editor", "administrator")
KB_REVIEWERS = staff("reviewer", "administrator")
KB_EITHER = staff("editor", "reviewer", "administrator")

PARAMETERS = {
    "collection": "none",
    "consultation_id": "cs_none",
    "correction_id": "co_none",
    "entry_id": "T00-00",
    "file_id": "fl_none",
    "group_id": "gq_none",
    "key": "none-2026",
    "version": "1",
}
"""What stands in a path's place; `session_id` is the session of "the session's owner"."""


@dataclass(frozen=True)
class Row:
    """One route.

    Attributes:
        surface: the surface whose absence takes the route away; None: served by each process.
        sends: the JSON body; `form` a form instead.
        gives: status for those who are let in.
    """

    method: str
    path: str
    door: Door
    gives: int = 200
    surface: str | None = None
    sends: Any = None
    form: Mapping[str, str] = field(default_factory=dict)


def _chat(method: str, path: str, door: Door, gives: int = 200, sends: Any = None) -> Row:
    return Row(method, f"/api/v1/chat{path}", door, gives, "chat", sends)


def _desk(method: str, path: str, door: Door, gives: int = 200, sends: Any = None) -> Row:
    return Row(method, f"/api/v1{path}", door, gives, "desk", sends)


def _machine(method: str, path: str, door: Door, gives: int = 200, **sent: Any) -> Row:
    return Row(method, f"/api/v1{path}", door, gives, "machine", **sent)


_SESSION, _CONSULTATION = "/sessions/{session_id}", "/desk/consultations/{consultation_id}"
_CLIENT = {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "x"}
_PASSED_ON = {"tier": "expert", "reason": "x", "summary": "x"}
_REVEALED = {"reference": "pv_none", "reason": "x"}
_ENTRY = "/kb/entries/{entry_id}"
_GROUP = "/kb/questions/{group_id}"
_ALIAS = {"entry_id": "T00-00", "aliases": ["x"], "base_version": 1}
_CORRECTION = {
    "entry_id": "T00-00",
    "from": "2026-11-01T00:00:00Z",
    "to": "2026-11-02T00:00:00Z",
    "text": "此前的答复有误，请以本条为准。",
}
_SAVED = {"content": {"question": "x"}, "base_version": 1}
_SAID = {"client_message_id": "r1", "text": "小规模怎么申报"}

ROWS = (
    Row("GET", "/openapi.json", ANYONE),
    Row("GET", "/health/live", ANYONE),
    Row("GET", "/health/ready", ANYONE),
    Row("GET", "/metrics", machine("metrics")),
    _chat("POST", "/sessions", ANYONE, 201, {}),
    _chat("POST", f"{_SESSION}/identify", OWNER, 422, {}),
    _chat("POST", f"{_SESSION}/messages", OWNER, 202, _SAID),
    _chat("GET", f"{_SESSION}/messages", OWNER),
    _chat("GET", f"{_SESSION}/history", OWNER),
    _chat("POST", f"{_SESSION}/read", OWNER, 204, {"seq": 1}),
    _chat("PUT", f"{_SESSION}/locale", OWNER, 204, {"locale": "en"}),
    _chat("POST", f"{_SESSION}/files", OWNER, 422),
    _chat("GET", f"{_SESSION}/files/{{file_id}}", OWNER, 404),
    _chat("WS", f"{_SESSION}/stream", OWNER),
    _chat("GET", "/flows", ANYONE),
    _chat("POST", "/ask", machine("ask"), 200, {"text": "小规模怎么申报"}),
    _desk("POST", "/staff/sign-in", ANYONE, 401, {"username": "nobody", "password": "x"}),
    _desk("POST", "/staff/sign-out", ANYONE, 204),
    _desk("GET", "/staff/me", staff(*ROLES)),
    _desk("GET", "/desk/queues", staff(*READING)),
    _desk("GET", "/desk/consultations", staff(*READING)),
    _desk("GET", _CONSULTATION, staff(*READING), 404),
    _desk("POST", f"{_CONSULTATION}/claim", staff(*SERVING), 404),
    _desk("POST", f"{_CONSULTATION}/messages", staff(*SERVING), 404, _SAID),
    _desk("POST", f"{_CONSULTATION}/transfer", staff(*SERVING), 404, _PASSED_ON),
    _desk("POST", f"{_CONSULTATION}/release", staff(*SERVING), 404),
    _desk("POST", f"{_CONSULTATION}/close", staff(*SERVING), 404, {"result": "solved"}),
    _desk("GET", "/desk/flows", staff(*READING)),
    _desk("POST", f"{_CONSULTATION}/flows", staff(*SERVING), 404, {"flow_id": "F06"}),
    _desk("POST", f"{_CONSULTATION}/reveal", staff(*SERVING), 404, _REVEALED),
    _desk("POST", "/desk/presence", staff(*SERVING), 200, {"state": "available"}),
    _desk("POST", f"{_CONSULTATION}/files", staff(*SERVING), 404),
    _desk("GET", f"{_CONSULTATION}/files/{{file_id}}", staff(*READING), 404),
    _desk("WS", "/desk/stream", staff(*READING)),
    _desk("GET", "/schemas/context-package.json", ANYONE),
    _desk("GET", "/kb/questions", KB_READERS),
    _desk("GET", "/kb/collections", KB_READERS),
    _desk("GET", "/kb/collections/{collection}/passages", KB_READERS, 404),
    _desk("POST", f"{_GROUP}/draft", KB_EDITORS, 404, {"id": "N-01", "topic": "vat"}),
    _desk("POST", f"{_GROUP}/alias", KB_EDITORS, 404, _ALIAS),
    _desk("POST", f"{_GROUP}/dismiss", KB_EDITORS, 404, {}),
    _desk("GET", f"{_ENTRY}/answered", KB_READERS, 422),
    _desk("POST", "/kb/corrections", KB_REVIEWERS, 404, _CORRECTION),
    _desk("GET", "/kb/corrections", KB_READERS),
    _desk("GET", "/kb/corrections/{correction_id}", KB_READERS, 404),
    _desk("GET", "/kb/entries", KB_READERS),
    _desk("GET", "/kb/summary", KB_READERS),
    _desk("GET", "/kb/documents", KB_READERS),
    _desk("POST", "/kb/check", KB_READERS, 200, {"content": {}}),
    _desk("GET", _ENTRY, KB_READERS, 404),
    _desk("GET", f"{_ENTRY}/versions", KB_READERS, 404),
    _desk("GET", f"{_ENTRY}/versions/{{version}}", KB_READERS, 404),
    _desk("GET", f"{_ENTRY}/diff", KB_READERS, 422),
    _desk("POST", "/kb/entries", KB_EDITORS, 422, {}),
    _desk("PUT", _ENTRY, KB_EDITORS, 404, _SAVED),
    _desk("POST", f"{_ENTRY}/revert", KB_EDITORS, 404, {"version": 1, "base_version": 1}),
    _desk("POST", f"{_ENTRY}/discard", KB_EDITORS, 404, {"base_version": 1}),
    _desk("POST", "/kb/try", KB_READERS, 200, {"text": "小规模怎么申报"}),
    _desk("POST", f"{_ENTRY}/preview-effect", KB_READERS, 404, {}),
    _desk("POST", f"{_ENTRY}/submit", KB_EDITORS, 404, {"version": 1}),
    _desk("POST", f"{_ENTRY}/approve", KB_REVIEWERS, 404, {"version": 1}),
    _desk("POST", f"{_ENTRY}/return", KB_REVIEWERS, 404, {"version": 1, "reason": "x"}),
    _desk("POST", f"{_ENTRY}/withdraw", KB_REVIEWERS, 404, {"reason": "x"}),
    _desk("POST", f"{_ENTRY}/verify", KB_EITHER, 404, {}),
    _desk("PUT", f"{_ENTRY}/verify-by", KB_EITHER, 404, {"verify_by": "2099-01-01"}),
    _machine("POST", "/oauth/token", ANYONE, 401, form=_CLIENT),
    _machine("GET", "/entries", machine("entries")),
    _machine("PUT", "/campaigns/{key}", CAMPAIGNS, 422, sends={}),
    _machine("POST", "/campaigns/{key}/list", CAMPAIGNS, 422),
    _machine("POST", "/campaigns/{key}/start", CAMPAIGNS, 404),
    _machine("POST", "/campaigns/{key}/stop", CAMPAIGNS, 404),
    _machine("GET", "/campaigns/{key}", CAMPAIGNS, 404),
    Row("POST", "/actions/webhook", DIALOGUE_SERVER, sends={}),
    *(
        Row("POST", f"/api/v1/commands/{each.name}", COMMAND_LINE, 422, sends=[])
        for each in COMMANDS
    ),
)

PAGES = frozenset({"/", "/chat", "/chat/", "/desk", "/desk/", "/widget.js"})
"""Built pages and what leads to them: files for anyone."""
