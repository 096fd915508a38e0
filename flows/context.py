"""What a person who helps sees of a run."""

from datetime import datetime
from typing import Any

from core.database import Tx
from core.texts import DEFAULT, LOCALES
from flows import repository
from flows.definition import Step
from flows.engine import Engine, Standing
from flows.telling import Teller, progress
from flows.wording import said


def for_staff(engine: Engine, standing: Standing) -> dict[str, Any]:
    """Return title, place, answers as lines and the result, in Simplified Chinese."""
    teller = Teller(engine, "", DEFAULT, lambda _refs, _locale: [])
    way = engine.walk(standing.answers)
    place = engine.place(standing, way)
    lines = teller.summary(standing, way)
    for line in lines:
        stored = standing.answers[engine.flow.definition.step(line["step"]).field.key]
        if references := _references(stored):
            line["protected"] = references
    found: dict[str, Any] = {
        "title": teller.title,
        "titles": {each: said(engine.flow.definition.title, each) for each in LOCALES},
        "step": said(place.field.label, DEFAULT) if isinstance(place, Step) else None,
        "progress": progress(way, place),
        "answers": lines,
    }
    if standing.state == "done":
        found["result"] = teller.result(way, teller.values(way, standing))
    return found


def _references(stored: Any) -> list[str]:
    """Return the references of what is sealed in an answer, for those who may reveal it."""
    if isinstance(stored, dict):
        return [stored["ref"]] if "ref" in stored else []
    if not isinstance(stored, list):
        return []
    cells = [cell for row in stored if isinstance(row, dict) for cell in row.values()]
    return [cell["ref"] for cell in cells if isinstance(cell, dict) and "ref" in cell]


def context_of(tx: Tx, conversation_id: str, since: datetime) -> dict[str, Any] | None:
    """Return the run that a conversation used last since a moment, or its unfinished one.

    Returns:
        {flow_id, run_id, title, state, step, progress, answers: [{step, label, value, protected?}],
        result?}; `protected` holds references, the value beside them is masked.
    """
    run = repository.open_run(tx, conversation_id) or repository.done_run(
        tx, conversation_id, since
    )
    if run is None:
        return None
    shown = {key: value for key, value in run.summary.items() if key != "titles"}
    return {"flow_id": run.flow_id, "run_id": run.id, "state": run.state, **shown}
