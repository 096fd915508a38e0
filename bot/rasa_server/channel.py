"""Rasa's side of the dialogue interface: one decision for one turn, over HTTP on loopback.

A turn brings its sentence vector and the context (slots) with it, so that nothing has to be
remembered here: each turn starts a fresh tracker, which the tracker store drops when idle.
Python 3.10, Rasa's interpreter; imports nothing of the application.
"""

import hmac
import logging
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text, Tuple

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    DEFAULT_SLOT_NAMES,
)
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.rasa_server.featurizer import VECTOR, MissingVector

logger = logging.getLogger(__name__)

NAME = "daoban"


class Refused(Exception):
    """A request that gets no decision, with its HTTP status and a code."""

    def __init__(self, status: int, code: Text) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class DaobanChannel(InputChannel):
    """`POST turn` decides a turn, `POST parse` one text without context, `GET /` is health.

    `parse` keeps no tracker and calls no action.
    """

    def __init__(self, token: Text) -> None:
        self._token = token

    @classmethod
    def name(cls) -> Text:
        """Name of the channel, part of its addresses."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "DaobanChannel":
        """Read the shared token from credentials.yml; there is no channel without one."""
        token = (credentials or {}).get("token")
        if not token:
            raise InvalidConfigException("the daoban channel needs a token in credentials.yml")
        return cls(str(token))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Define the routes; `on_new_message` is not used, it hands back no parse result."""
        del on_new_message
        routes = Blueprint("daoban_webhook", NAME)

        @routes.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return response.json({"status": "starting"}, status=503)
            model = Path(agent.processor.model_path).name.split(".")[0]
            return response.json({"status": "up", "model": model})

        @routes.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            return await self._answer(request, _turn)

        @routes.route("/parse", methods=["POST"])
        async def parse(request: Request) -> HTTPResponse:
            return await self._answer(request, _parse)

        return routes

    async def _answer(
        self,
        request: Request,
        work: Callable[[Agent, Dict[Text, Any]], Awaitable[Dict[Text, Any]]],
    ) -> HTTPResponse:
        try:
            self._check_token(request)
            return response.json(await work(_agent(request), _body(request)))
        except Refused as refused:
            return response.json({"code": refused.code}, status=refused.status)

    def _check_token(self, request: Request) -> None:
        given = request.token or ""
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise Refused(401, "wrong_token")


def _agent(request: Request) -> Agent:
    agent = request.app.ctx.agent
    if agent is None or not agent.is_ready():
        raise Refused(503, "not_ready")
    return agent


def _body(request: Request) -> Dict[Text, Any]:
    if not isinstance(request.json, dict):
        raise Refused(422, "body_is_no_object")
    return request.json


async def _turn(agent: Agent, body: Dict[Text, Any]) -> Dict[Text, Any]:
    text, vector = _said(body)
    sender = body.get("sender")
    if not isinstance(sender, str) or not sender:
        raise Refused(422, "no_sender")
    slots = _slots(agent, body.get("slots") or {})
    processor = agent.processor
    parsed = await _parsed(agent, text, vector)
    collected = CollectingOutputChannel()
    async with agent.lock_store.lock(sender):
        await processor.tracker_store.save(fresh_tracker(agent, sender, slots))
        await processor.handle_message(
            UserMessage(text, collected, sender, parse_data=parsed, input_channel=NAME)
        )
    decisions = [m["custom"] for m in collected.messages if "decision" in m.get("custom", {})]
    if not decisions:
        logger.error("no rule decided a turn of intent %s", parsed["intent"]["name"])
        raise Refused(500, "no_decision")
    return {**decisions[0], **_classified(parsed)}


async def _parse(agent: Agent, body: Dict[Text, Any]) -> Dict[Text, Any]:
    text, vector = _said(body)
    parsed = await _parsed(agent, text, vector)
    tracker = fresh_tracker(agent, NAME, {})
    tracker.update(UserUttered(text, parsed["intent"], parsed["entities"]))
    scores = agent.predict_next_with_tracker(tracker)["scores"]
    action = max(scores, key=lambda each: each["score"])["action"]
    return {**_decision_of(agent, action), **_classified(parsed)}


def _decision_of(agent: Agent, action: Text) -> Dict[Text, Any]:
    """Read the decision off a response; a custom action is named after its own."""
    responses = agent.domain.responses.get(action)
    return responses[0]["custom"] if responses else {"decision": action.replace("action_", "", 1)}


def fresh_tracker(agent: Agent, sender: Text, slots: Dict[Text, Any]) -> DialogueStateTracker:
    """Begin a tracker that knows what the application told, and waits for the user."""
    tracker = DialogueStateTracker(sender, agent.domain.slots)
    tracker.update(ActionExecuted(ACTION_SESSION_START_NAME))
    tracker.update(SessionStarted())
    for name, value in slots.items():
        tracker.update(SlotSet(name, value))
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
    return tracker


def _said(body: Dict[Text, Any]) -> Tuple[Text, List[float]]:
    text, vector = body.get("text"), body.get("vector")
    if not isinstance(text, str) or not text.strip():
        raise Refused(422, "no_text")
    if not isinstance(vector, list) or not vector:
        raise Refused(422, "wrong_vector")
    if not all(isinstance(number, (int, float)) for number in vector):
        raise Refused(422, "wrong_vector")
    return without_command(text), vector


def without_command(text: Text) -> Text:
    """Make a leading slash plain text: Rasa would take `/name{...}` for an intent."""
    text = text.strip()
    return "／" + text[1:] if text.startswith(INTENT_MESSAGE_PREFIX) else text


def _slots(agent: Agent, given: Any) -> Dict[Text, Any]:
    if not isinstance(given, dict):
        raise Refused(422, "wrong_slots")
    known = {slot.name for slot in agent.domain.slots} - DEFAULT_SLOT_NAMES
    if not known.issuperset(given):
        raise Refused(422, "unknown_slot")
    return given


async def _parsed(agent: Agent, text: Text, vector: List[float]) -> Dict[Text, Any]:
    message = UserMessage(text, input_channel=NAME, metadata={VECTOR: vector})
    try:
        return await agent.processor.parse_message(message)
    except MissingVector as error:
        raise Refused(422, "wrong_vector") from error


def _classified(parsed: Dict[Text, Any]) -> Dict[Text, Any]:
    return {
        "intent": parsed["intent"]["name"],
        "confidence": parsed["intent"]["confidence"],
        "ranking": parsed.get("intent_ranking", []),
        "entities": [
            {key: entity[key] for key in ("entity", "value", "start", "end")}
            for entity in parsed.get("entities", [])
        ],
    }
