"""From what was found to what is said: the reply with what it leaves for the next turn."""

from dataclasses import dataclass, field, replace
from typing import Any

from bot.turns.buttons import NONE, PERSON, RETRY, button, buttons
from conversations.schemas import Choice, Draft, Outcome, Source
from core.texts import text
from knowledge_base.outcomes import Outcome as Found

KEPT = ("profile", "topic_entry", "ask_meanwhile")
"""What of the memory outlives a turn; pending questions and offers do not."""


@dataclass(frozen=True)
class Reply:
    """What the bot says to a turn.

    Attributes:
        memory: what a follow-up refers to; replaces the conversation's memory.
        trace: what was tried, with scores, for the person who may take over.
    """

    outcome: Outcome
    drafts: tuple[Draft, ...]
    memory: dict[str, Any]
    trace: dict[str, Any] = field(default_factory=dict)

    def offering(self, choice: Choice | None) -> "Reply":
        """Put one more button before the others of the last message."""
        if choice is None:
            return self
        *before, last = self.drafts
        last = last.model_copy(update={"choices": (choice, *last.choices)})
        return replace(self, drafts=(*before, last))

    def about(self, topic: str) -> "Reply":
        """Note what a follow-up goes on from, for the person who may take over."""
        return replace(self, trace=self.trace | {"topic": topic})


def say(
    key: str,
    locale: str,
    memory: dict[str, Any],
    *which: str,
    outcome: Outcome = "small_talk",
    **values: Any,
) -> Reply:
    """Say a text of the catalogue, with buttons of our own."""
    draft = Draft(sender="bot", text=text(key, locale, **values), choices=buttons(locale, *which))
    return Reply(outcome, (draft,), memory)


def offer_person(
    locale: str,
    memory: dict[str, Any],
    *,
    said: str | None = None,
    trace: dict[str, Any] | None = None,
) -> Reply:
    """Say that this is better answered by a person, and let the taxpayer decide."""
    offered = memory.get("offered", 0)
    if offered or said is None:
        said = text("chat.offer_person_again" if offered else "chat.offer_person", locale)
    draft = Draft(sender="bot", kind="handoff", text=said, choices=buttons(locale, PERSON, RETRY))
    kept = {each: memory[each] for each in KEPT if each in memory}
    return Reply("handoff_offered", (draft,), kept | {"offered": offered + 1}, trace or {})


_SENT_ON: dict[str, Outcome] = {"refer": "referred", "refuse": "refused"}
"""Decisions that give no policy, by how a turn ends with them."""


def from_outcome(found: Found, question: str, locale: str, memory: dict[str, Any]) -> Reply:
    """Turn the knowledge base's outcome into a reply."""
    trace = {
        "question": question,
        "decision": found.decision,
        "confidence": found.confidence,
        "entry_id": found.entry_id,
        "candidates": [each.model_dump() for each in found.trace],
    }
    kept = {each: memory[each] for each in KEPT if each in memory}
    choices = tuple(Choice(id=each.id, label=each.label) for each in found.choices)
    if found.decision == "answer":
        related = tuple(Choice(id=each.id, label=each.label) for each in found.related[:3])
        draft = Draft(
            sender="bot",
            kind="answer",
            text=found.text,
            sources=tuple(Source.model_validate(each.model_dump()) for each in found.sources),
            choices=related,
            entry_id=found.entry_id,
        )
        kept["topic_entry"] = found.entry_id
        if found.profile_field is not None:
            draft = draft.model_copy(
                update={"choices": choices, "meta": {"profile_field": found.profile_field}}
            )
            kept["pending"] = _pending(found, question) | {"answered": True}
        if not found.sure:
            others = (*choices, button(NONE, locale))
            draft = draft.model_copy(update={"choices": others, "meta": {"likely": True}})
            kept |= {"others": [each.id for each in choices], "question": question}
        return Reply("answered", (draft,), kept, trace)
    if found.decision in _SENT_ON:
        return _send_on(found, choices, locale, kept, trace)
    if found.decision == "ask_profile":
        draft = Draft(
            sender="bot",
            kind="clarify",
            text=found.text,
            choices=choices,
            entry_id=found.entry_id,
            meta={"profile_field": found.profile_field},
        )
        pending = {"pending": _pending(found, question)}
        return Reply("profile_asked", (draft,), kept | pending, trace)
    if found.decision == "clarify":
        draft = Draft(
            sender="bot",
            kind="clarify",
            text=found.text,
            choices=(*choices, button(NONE, locale)),
        )
        offered = {"choices": [each.id for each in choices], "question": question}
        return Reply("clarified", (draft,), kept | offered, trace)
    return offer_person(locale, memory, said=found.text, trace=trace)


def _pending(found: Found, question: str) -> dict[str, Any]:
    """What is remembered of a fact that was asked for."""
    return {"entry_id": found.entry_id, "field": found.profile_field, "question": question}


def _send_on(
    found: Found,
    others: tuple[Choice, ...],
    locale: str,
    kept: dict[str, Any],
    trace: dict[str, Any],
) -> Reply:
    """Say which office a matter belongs to, or what cannot be done, and offer a person beside.

    It is no answer, which has a legal basis, and no topic to go on from.
    """
    if found.sure:
        offered = tuple(Choice(id=each.id, label=each.label) for each in found.related[:3])
    else:
        offered = (*others, button(NONE if others else RETRY, locale))
        kept = kept | {"others": [each.id for each in others], "question": trace["question"]}
    draft = Draft(
        sender="bot",
        kind="handoff",
        text=found.text,
        choices=(*offered, button(PERSON, locale)),
        entry_id=found.entry_id,
        meta={"likely": True} if others else {},
    )
    return Reply(_SENT_ON[found.decision], (draft,), kept, trace)
