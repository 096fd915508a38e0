"""The `Dialogue` interface, turn in and decision out, and Rasa behind it over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, Protocol, get_args

import aiohttp
import numpy as np
import numpy.typing as npt

from core.errors import DaobanError
from knowledge_base.text import normalise

Kind = Literal[
    "answer",
    "follow_up",
    "say",
    "hand_over",
    "start_flow",
    "affirm",
    "deny",
    "choose",
    "repeat",
    "cancel",
    "out_of_scope",
    "my_data",
    "feedback",
    "not_understood",
]
State = Literal["up", "starting", "down"]
Vector = npt.NDArray[np.float32] | Sequence[float]

_KINDS = frozenset(get_args(Kind))
_KEPT_SECONDS = 3
"""An idle connection is closed before a server would (Sanic: 5 s): no question is lost in one."""
_UNREACHABLE = (aiohttp.ClientError, TimeoutError)


class DialogueUnavailable(DaobanError):
    """No decision in time; the caller decides by the rule of the knowledge base instead."""

    status = 503
    code = "dialogue_unavailable"


@dataclass(frozen=True)
class Turn:
    """What a person typed, and all that the dialogue needs to know to understand it.

    Attributes:
        text: masked, not empty.
        vector: the encoder's query vector of the text, 384 numbers.
        slots: the context, left out or None when there is none: `topic`, the id of the entry
            answered last, makes "那个体户呢" a follow-up.
    """

    conversation_id: str
    text: str
    vector: Vector = field(repr=False)
    slots: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What a text wants.

    Attributes:
        kind: what the application shall do.
        intent: the trained class, `nlu_fallback` when none was sure enough.
        confidence: of the intent, 0 to 1.
        text_key: key in the catalogue of what to say, when nothing better is to be done.
        reason: of a hand-over (asked_for_person, complaint, upset) or feedback (good, bad).
        option: place of the chosen choice from 1, negative from the end (-1 is the last).
        entities: `{entity, value, start, end}`; `flow_id` has the number of a flow (F09).
    """

    kind: Kind
    intent: str
    confidence: float
    text_key: str | None = None
    reason: str | None = None
    option: int | None = None
    entities: tuple[Mapping[str, Any], ...] = ()


class Dialogue(Protocol):
    """Decides what a free text wants; the tests of the contract hold for each one."""

    async def decide(self, turn: Turn) -> Decision:
        """Decide a turn in its context.

        Raises:
            DialogueUnavailable: when there is no decision in time, for whatever reason.
        """

    async def parse(self, text: str, vector: Vector) -> Decision:
        """Decide a text without a conversation and without context.

        Raises:
            DialogueUnavailable: as above.
        """

    async def state(self) -> State:
        """Whether it can decide now; never raises."""


class RasaDialogue:
    """Rasa behind its channel of ours (bot/rasa_server/channel.py), over kept connections."""

    def __init__(self, url: str, token: str, timeout: float = 1.5) -> None:
        """Connect when first asked.

        Args:
            url: of the server, without a path.
            token: shared with it (DAOBAN_RASA_TOKEN).
            timeout: seconds for the whole answer.
        """
        self._url = f"{url.rstrip('/')}/webhooks/daoban/"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._opened: aiohttp.ClientSession | None = None

    async def decide(self, turn: Turn) -> Decision:
        """Decide a turn in its context."""
        return await self._ask(
            "turn",
            sender=turn.conversation_id,
            text=plain(turn.text),
            vector=_numbers(turn.vector),
            slots={name: value for name, value in turn.slots.items() if value is not None},
        )

    async def parse(self, text: str, vector: Vector) -> Decision:
        """Decide a text without a conversation and without context."""
        return await self._ask("parse", text=plain(text), vector=_numbers(vector))

    async def state(self) -> State:
        """Ask the server whether its model is loaded."""
        try:
            async with self._session().get(self._url) as answer:
                if answer.ok:
                    return "up"
                return "starting" if answer.status == HTTPStatus.SERVICE_UNAVAILABLE else "down"
        except _UNREACHABLE:
            return "down"

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.close()

    def _session(self) -> aiohttp.ClientSession:
        """Return what holds the connections; it belongs to the event loop that asks first."""
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                headers=self._headers,
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(keepalive_timeout=_KEPT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._opened

    async def _ask(self, path: str, **body: Any) -> Decision:
        try:
            async with self._session().post(self._url + path, json=body) as answer:
                answer.raise_for_status()
                return _decision(await answer.json(content_type=None))
        except _UNREACHABLE as error:
            raise DialogueUnavailable(f"dialogue server: {error!r}") from error
        except (ValueError, TypeError, KeyError) as error:
            raise DialogueUnavailable(f"dialogue server answered nonsense: {error!r}") from error


def plain(text: str) -> str:
    """Return the text as the dialogue was trained on it, and never as a command.

    Rasa takes `/name{...}` for an intent; the channel guards against that too.

    >>> plain("  /greet")
    '／greet'
    """
    normal = normalise(text)
    return "／" + normal[1:] if normal.startswith("/") else normal


def _numbers(vector: Vector) -> list[float]:
    # Six decimals are what float32 holds, and halve the body.
    numbers: list[float] = np.asarray(vector, dtype=np.float64).round(6).tolist()
    return numbers


def _decision(answer: Any) -> Decision:
    kind = answer["decision"]
    if kind not in _KINDS:
        raise ValueError(f"unknown decision {kind!r}")
    entities = tuple(answer["entities"])
    return Decision(
        kind=kind,
        intent=str(answer["intent"]),
        confidence=float(answer["confidence"]),
        text_key=answer.get("text_key"),
        reason=answer.get("reason"),
        option=_option(entities) if kind == "choose" else None,
        entities=entities,
    )


def _option(entities: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the place named first in the text; of two that begin there, the longer one."""
    ordinals = [each for each in entities if each["entity"] == "ordinal"]
    if not ordinals:
        return None
    first = min(ordinals, key=lambda each: (each["start"], -each["end"]))
    try:
        return int(first["value"])
    except ValueError:
        return None
