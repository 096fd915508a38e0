"""What a person sees of a run: the message, its words, and the `flow` part of the contract.

The words alone suffice: they hold the question, the options and what can be typed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conversations.schemas import Choice, Draft, Sender, Source
from core.texts import text
from flows.definition import FlowField, Item, Result, Step, SubField, Words
from flows.engine import RESULT, SUMMARY, Engine, Standing, Walk
from flows.moves import Moved, View
from flows.rules import Told, calculators
from flows.schemas import Run
from flows.values import IN_ROW
from flows.wording import Field, fact, filled, said, shown, told
from knowledge_base.schemas import SourceRef

DAYS = 7
"""A run can be gone on with for so many days after its last answer."""

START, RESUME, CANCEL, RESTART = "flow:", "flow:resume:", "flow:cancel:", "flow:restart:"
"""Ids of choices."""

Cite = Callable[[Sequence[SourceRef], str], list[Source]]


@dataclass(frozen=True)
class Teller:
    """Tells of one run in a language.

    Attributes:
        cite: gives the sources that a message shows.
        sender: `bot`, or `system` while a person holds the chat.
    """

    engine: Engine
    run_id: str
    locale: str
    cite: Cite
    sender: Sender = "bot"

    def tell(self, moved: Moved, *lead: Told | Words) -> Draft:
        """Return the message that follows an input."""
        standing = moved.standing
        way = self.engine.walk(standing.answers)
        place = self.engine.place(standing, way)
        values = self.values(way, standing)
        leading = (*lead, *moved.lead)
        opening = [self._sentence(each, values) for each in leading]
        body, sources, part = self._body(moved.view, standing, way, place, values)
        flow = {
            "flow_id": self.engine.flow.id,
            "run_id": self.run_id,
            "version": self.engine.flow.definition.version,
            "title": self.title,
            "step": place.id if isinstance(place, Step) else place,
            "state": standing.state,
            "progress": progress(way, place),
            "fields": [],
            "actions": [],
            "days": DAYS,
            "notes": [
                words
                for each, words in zip(leading, opening, strict=True)
                if each is not moved.fault and words
            ],
            **self._fault(moved),
            **part,
        }
        return Draft(
            sender=self.sender,
            kind="flow",
            text="\n\n".join(filter(None, (*opening, body))),
            sources=tuple(sources),
            choices=self._choices(moved.view, part),
            flow=flow,
        )

    def _fault(self, moved: Moved) -> dict[str, Any]:
        """Return why a value was refused, and in which row of a list."""
        if moved.fault is None:
            return {}
        found: dict[str, Any] = {"fault": told(moved.fault, self.locale)}
        if moved.fault.key == IN_ROW:
            found["fault_row"] = moved.fault.values["place"]
        return found

    @property
    def title(self) -> str:
        """The flow's title."""
        return said(self.engine.flow.definition.title, self.locale)

    def values(self, way: Walk, standing: Standing) -> dict[str, str]:
        """Return what stands for {placeholders}: answers, calculated facts, parameters."""
        found: dict[str, str] = {}
        flow = self.engine.flow.definition
        for name, parameter in flow.parameters.items():
            value = self.engine.known.parameters.get(name, parameter.value)
            if value is not None:
                found[name] = fact(value, parameter.kind, self.locale)
        kinds = {
            name: kind
            for part in flow.compute
            for name, kind in calculators()[part.calculator].gives.items()
        }
        for name, value in way.results.items():
            found[name] = fact(value, kinds[name], self.locale)
        for step in way.path:
            stored = standing.answers.get(step.field.key)
            if stored is not None:
                found[step.field.key] = shown(step.field, stored, self.locale)
        return found

    def _sentence(self, each: Told | Words, values: Mapping[str, str]) -> str:
        if isinstance(each, Words):
            return filled(each, self.locale, values)
        return told(each, self.locale)

    def _body(
        self,
        view: View,
        standing: Standing,
        way: Walk,
        place: Step | str,
        values: Mapping[str, str],
    ) -> tuple[str, list[Source], dict[str, Any]]:
        if view in {"paused", "leaving", "cancelled", "ended"}:
            return self._aside(view, standing)
        if place == RESULT:
            return self._result(standing, way, values)
        if isinstance(place, Step):
            return self._step(standing, way, place, values)
        return self._summary(standing, way)

    def _aside(self, view: View, standing: Standing) -> tuple[str, list[Source], dict[str, Any]]:
        words = text(
            f"flows.{view}", self.locale, title=self.title, days=DAYS, count=len(standing.answers)
        )
        actions = {
            "paused": ("resume", "cancel"),
            "leaving": ("cancel", "resume", "pause"),
            "cancelled": ("restart",),
            "ended": ("restart",),
        }
        return words, [], {"prompt": words, "actions": self._actions(*actions[view])}

    def _step(
        self, standing: Standing, way: Walk, step: Step, values: Mapping[str, str]
    ) -> tuple[str, list[Source], dict[str, Any]]:
        lines = [
            text("flows.progress", self.locale, **progress(way, step)),
            prompt := filled(step.prompt, self.locale, values),
        ]
        view, options = self.field_view(step.field, way)
        stored = standing.answers.get(step.field.key)
        known = self.engine.prefilled(step) if stored is None else None
        if stored is not None and not isinstance(stored, dict):
            view["value"] = _without_sealed(stored)
        elif known is not None:
            view["value"] = known
        for column in step.field.fields:
            view["fields"].append(self._column_view(column))
        if step.help:
            view["help"] = filled(step.help, self.locale, values)
        if step.why:
            view["why"] = filled(step.why, self.locale, values)
        if options:
            lines.append("\n".join(options))
        if known is not None:
            value = shown(step.field, known, self.locale)
            lines.append(text("flows.known", self.locale, value=value))
        elif stored is not None:
            value = shown(step.field, stored, self.locale)
            lines.append(text("flows.before", self.locale, value=value))
        lines.append(self._how(step.field))
        back = () if way.path[0] is step else ("back",)
        explain = ("explain",) if step.help or step.why else ()
        on = ("resume",) if standing.cursor else ()
        actions = self._actions(*on, *back, *explain, "pause", "person", "cancel")
        return (
            "\n\n".join(lines),
            self.cite(step.legal_refs, self.locale),
            {"prompt": prompt, "fields": [view], "actions": actions},
        )

    def field_view(self, field: Field, way: Walk) -> tuple[dict[str, Any], list[str]]:
        """Return a field as a client shows it, and its options in words."""
        view: dict[str, Any] = {
            "key": field.key,
            "type": field.type,
            "label": said(field.label, self.locale),
            "required": field.required,
        }
        if field.unit:
            view["unit"] = said(field.unit, self.locale)
        for name in ("min", "max"):
            bound = getattr(field, name)
            if bound is not None:
                view[name] = self.engine.known.today.isoformat() if bound == "today" else str(bound)
        if field.type == "text":
            view["max_length"] = field.max_length
        if field.is_protected:
            view["protected"] = True
        if field.type == "list":
            view["fields"] = []
        offered = [
            each
            for each in field.options
            if self.engine.flow.test(each.when, way.facts) is not False
        ]
        if field.options:
            view["options"] = [self._option_view(each) for each in offered]
        if field.type == "yes_no":
            ids = ("yes", "no", "unknown") if field.may_not_know else ("yes", "no")
            view["options"] = [{"id": i, "label": text(f"flows.{i}", self.locale)} for i in ids]
            return view, []
        words = []
        for place, each in enumerate(offered, 1):
            key = "flows.option_help" if each.help else "flows.option"
            hint = said(each.help, self.locale) if each.help else ""
            label = said(each.label, self.locale)
            words.append(text(key, self.locale, place=place, label=label, help=hint))
        return view, words

    def _option_view(self, option: Any) -> dict[str, Any]:
        view = {"id": option.id, "label": said(option.label, self.locale)}
        if option.help:
            view["help"] = said(option.help, self.locale)
        return view

    def _column_view(self, column: SubField) -> dict[str, Any]:
        nothing = self.engine.walk({})
        view, _ = self.field_view(column, nothing)
        if column.help:
            view["help"] = said(column.help, self.locale)
        if column.when is not None:
            view["when"] = column.when
        return view

    def _how(self, field: FlowField) -> str:
        key = "yes_no_unknown" if field.may_not_know else field.type
        columns = text("flows.comma", self.locale).join(
            said(each.label, self.locale) for each in field.fields
        )
        words = text(f"flows.how.{key}", self.locale, columns=columns)
        if field.type == "list" and not field.required:
            words += text("flows.how.list_none", self.locale)
        elif not field.required:
            words += text("flows.how.optional", self.locale)
        return words

    def _actions(self, *which: str) -> list[dict[str, str]]:
        return [{"id": each, "label": text(f"flows.action.{each}", self.locale)} for each in which]

    def summary(self, standing: Standing, way: Walk) -> list[dict[str, Any]]:
        """Return the answers that count, a line each; protected ones masked."""
        return [
            {
                "step": step.id,
                "label": said(step.field.label, self.locale),
                "value": shown(step.field, standing.answers[step.field.key], self.locale),
            }
            for step in way.path
            if step.field.key in standing.answers
        ]

    def _summary(self, standing: Standing, way: Walk) -> tuple[str, list[Source], dict[str, Any]]:
        lines = self.summary(standing, way)
        listed = [
            text("flows.summary.line", self.locale, label=each["label"], value=each["value"])
            for each in lines
        ]
        confirm = {
            "key": SUMMARY,
            "type": "confirm",
            "label": text("flows.summary.label", self.locale),
            "required": True,
        }
        words = (
            text("flows.summary.title", self.locale),
            "\n".join(listed),
            text("flows.summary.ask", self.locale),
        )
        part = {
            "prompt": text("flows.summary.title", self.locale),
            "fields": [confirm],
            "summary": lines,
            "actions": self._actions("back", "pause", "person", "cancel"),
        }
        return "\n\n".join(words), [], part

    def _result(
        self, standing: Standing, way: Walk, values: Mapping[str, str]
    ) -> tuple[str, list[Source], dict[str, Any]]:
        result = self.result(way, values)
        lines = [
            text(f"flows.result.verdict.{result['verdict']}", self.locale),
            result["title"],
            result["text"],
        ]
        if result["items"]:
            lines.append("\n".join(self._line("item", each) for each in result["items"]))
        if result["checklist"]:
            papers = [self._line("paper", each) for each in result["checklist"]]
            lines.append("\n".join((text("flows.result.checklist", self.locale), *papers)))
        links = [each for each in result["actions"] if "url" in each]
        if links:
            shown_links = [text("flows.result.link", self.locale, **each) for each in links]
            lines.append("\n".join((text("flows.result.links", self.locale), *shown_links)))
        lines.append(result["disclaimer"])
        refs = way.stop.legal_refs if way.stop else self.engine.result(way).legal_refs
        part = {
            "summary": self.summary(standing, way),
            "result": result,
            "actions": self._actions("person", "back", "restart"),
        }
        return "\n\n".join(dict.fromkeys(lines)), self.cite(refs, self.locale), part

    def _line(self, key: str, words: str) -> str:
        return text(f"flows.result.{key}", self.locale, text=words)

    def result(self, way: Walk, values: Mapping[str, str]) -> dict[str, Any]:
        """Return the `result` part of a message."""
        if way.stop is not None:
            heading = text("flows.result.verdict.person", self.locale)
            return {
                "id": way.stop.reason,
                "verdict": "person",
                "title": filled(way.stop.title, self.locale, values) if way.stop.title else heading,
                "text": filled(way.stop.text, self.locale, values),
                "items": [],
                "checklist": [],
                "actions": [],
                "disclaimer": text("flows.result.disclaimer", self.locale),
            }
        end = self.engine.result(way)
        return {
            "id": end.id,
            "verdict": end.verdict,
            "title": filled(end.title, self.locale, values),
            "text": filled(end.text, self.locale, values),
            "items": self._lines(end, way) + self._items(end.items, way, values),
            "checklist": self._items(end.checklist, way, values),
            "actions": self._links(end, way, values),
            "disclaimer": text("flows.result.disclaimer", self.locale),
        }

    def _items(self, items: list[Item], way: Walk, values: Mapping[str, str]) -> list[str]:
        return [
            filled(each.text, self.locale, values)
            for each in items
            if self.engine.flow.test(each.when, way.facts) is True
        ]

    def _lines(self, end: Result, way: Walk) -> list[str]:
        return [
            told(line, self.locale)
            for name in end.lines
            for line in way.results.get(name, ())
            if isinstance(line, Told)
        ]

    def _links(self, end: Result, way: Walk, values: Mapping[str, str]) -> list[dict[str, str]]:
        found = []
        for each in end.actions:
            if self.engine.flow.test(each.when, way.facts) is not True:
                continue
            target = each.model_dump(include={"url", "flow", "entry"}, exclude_none=True)
            found.append({"label": filled(each.label, self.locale, values), **target})
        return found

    def _choices(self, view: View, part: Mapping[str, Any]) -> tuple[Choice, ...]:
        """Return buttons for clients that know no flows, where there are few to press."""
        if view == "paused":
            return offer_choices(self.run_id, self.locale)
        found = []
        for each in part.get("result", {}).get("actions", []):
            if "flow" in each:
                found.append(Choice(id=f"{START}{each['flow']}", label=each["label"]))
            if "entry" in each:
                found.append(Choice(id=f"entry:{each['entry']}", label=each["label"]))
        return tuple(found)


def gone(run: Run, title: str | None, locale: str, sender: Sender) -> Draft:
    """Return the word that a run's version is gone.

    Args:
        title: of the present version, with which it can begin anew; None when there is none.
    """
    offered = "gone" if title else "ended"
    shown_title = title or run.summary.get("title", "")
    words = text(f"flows.{offered}", locale, title=shown_title)
    action = {"id": "restart", "label": text("flows.action.restart", locale)}
    view = {
        "flow_id": run.flow_id,
        "run_id": run.id,
        "version": run.version,
        "title": shown_title or run.flow_id,
        "step": run.step,
        "state": "expired",
        "progress": run.summary.get("progress", {"step": 0, "of": 0}),
        "fields": [],
        "actions": [action] if title else [],
    }
    choices = (Choice(id=f"{RESTART}{run.id}", label=action["label"]),) if title else ()
    return Draft(sender=sender, kind="flow", text=words, choices=choices, flow=view)


def offer_choices(run_id: str, locale: str) -> tuple[Choice, ...]:
    """Return the buttons to go on with a run, or to drop it."""
    return tuple(
        Choice(id=f"{prefix}{run_id}", label=text(f"flows.action.{action}", locale))
        for prefix, action in ((RESUME, "resume"), (CANCEL, "cancel"))
    )


def progress(way: Walk, place: Step | str) -> dict[str, int]:
    """Return the place on the way, and how long the way is as far as can be seen."""
    step = way.path.index(place) + 1 if isinstance(place, Step) else way.of
    return {"step": step, "of": way.of}


def _without_sealed(stored: Any) -> Any:
    """Return an answer as a client may show it again: of a protected cell only the mask."""
    if not isinstance(stored, list):
        return stored
    return [
        {key: value["mask"] if isinstance(value, dict) else value for key, value in row.items()}
        if isinstance(row, dict)
        else row
        for row in stored
    ]
