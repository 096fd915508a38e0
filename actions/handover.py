"""Hand-over: why a taxpayer goes to a person, told to the officer before the first word."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

NAME = "action_hand_over"
"""The action's name in domain.yml."""

REASONS = {"ask_person": "asked_for_person", "complaint": "complaint", "abuse": "upset"}
"""Intent -> typed reason of the queue entry."""


def hand_over(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
) -> list[dict[str, Any]]:
    """Decide `hand_over` with its reason, and keep the reason in the slot `handover_reason`."""
    del domain
    reason = REASONS.get(tracker.latest_message["intent"]["name"], "asked_for_person")
    dispatcher.utter_message(json_message={"decision": "hand_over", "reason": reason})
    return [SlotSet("handover_reason", reason)]
