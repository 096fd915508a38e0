"""Use cases of a run; each is a unit of work that holds the lock of its conversation."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from conversations.protected import forget
from conversations.schemas import (
    Draft,
    Sender,
    State,
)
from conversations.service import access_conversation, bot_may_speak
from core.audit import record
from core.calendar import tax_calendar
from core.clock import SHANGHAI
from core.database import Tx
from core.identity import new_id
from core.texts import LOCALES
from core.vault import Vault
from flows import moves, reading, repository
from flows.audience import facts_of, suits
from flows.context import for_staff
from flows.definition import Handoff, Step, Words
from flows.due_items import DueItems, asks_for_item, items_of, offering
from flows.engine import Engine, Known, Standing
from flows.errors import FlowActive, FlowNotOffered, NoSuchRun, RunChanged
from flows.flow import Flow
from flows.loading import Catalogue
from flows.moves import Action, Moved
from flows.rules import Told
from flows.schemas import ENDED, FlowOut, Run
from flows.sealing import LIFETIME, sealed, with_known
from flows.telling import DAYS, Cite, Teller, gone
from flows.wording import said

TRAIL = 200
"""Steps of a run's trail that are kept."""


class Outcome(NamedTuple):
    """What came of an input.

    Attributes:
        run: as it stands now.
        drafts: what is said; empty when the run could not be found.
    """

    run: Run
    drafts: tuple[Draft, ...]
    moved: Moved | None = None


class Asked(NamedTuple):
    """What a run asks now.

    Attributes:
        offered: ids of the options.
        known: the value that is known before, as stored, or None.
    """

    step: Step
    offered: tuple[str, ...]
    known: Any


class Opened(NamedTuple):
    """A run with what is needed to move it."""

    run: Run
    engine: Engine
    teller: Teller


class Flows:
    """The flows of a process.

    Args:
        catalogue: the definitions.
        vault: seals protected values.
        cite: gives the sources that a message shows.
        due_items: gives what a taxpayer can choose from where a flow asks for a due item.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        vault: Vault,
        cite: Cite = lambda _refs, _locale: [],
        due_items: DueItems = lambda _tx, _state: (),
    ) -> None:
        self._catalogue = catalogue
        self._vault = vault
        self._cite = cite
        self._due_items = due_items
        self._ready: dict[tuple[str, int], Flow] = {}

    def title(self, flow_id: str, locale: str) -> str | None:
        """Return the title of a flow that can be started, or None."""
        found = self._catalogue.present.get(flow_id)
        return None if found is None else said(found.title, locale)

    def access(self, flow_id: str) -> Flow:
        """Return a flow in the version that a new run begins with.

        Raises:
            NoSuchFlow: there is none.
        """
        flow = self.version(flow_id, self._catalogue.access(flow_id).version)
        assert flow is not None  # noqa: S101 - the present version is always there
        return flow

    def version(self, flow_id: str, version: int) -> Flow | None:
        """Return one version of a flow, or None when its file is gone."""
        kept = self._ready.get((flow_id, version))
        if kept is None:
            definition = self._catalogue.version(flow_id, version)
            if definition is None:
                return None
            kept = self._ready[flow_id, version] = Flow(offering(definition, ()))
        return kept

    def flow_of(self, run: Run) -> Flow | None:
        """Return the flow that a run goes through, or None when its file is gone."""
        definition = self._catalogue.version(run.flow_id, run.version)
        if definition is None or not (items := items_of(run.due)):
            return self.version(run.flow_id, run.version)
        return Flow(offering(definition, items))

    def called(self, words: str) -> str | None:
        """Return the id of the flow that a whole text calls by id or title, e.g. 我要办理F06."""
        called = reading.without_wish(words)
        for flow_id, each in self._catalogue.present.items():
            titles = {reading.bare(said(each.title, locale)) for locale in LOCALES}
            if called == flow_id.lower() or called in titles:
                return flow_id
        return None

    def listed(self, profile: Mapping[str, Any], locale: str) -> list[FlowOut]:
        """Return the flows for a taxpayer: those whose audience does not rule it out."""
        return [
            FlowOut(
                flow_id=flow_id,
                title=said(each.title, locale),
                about=said(each.about, locale),
                minutes=each.minutes,
            )
            for flow_id, each in sorted(self._catalogue.present.items())
            if suits(each, profile)
        ]

    def check_offered(self, tx: Tx, state: State, flow_id: str) -> None:
        """Check that a flow suits a taxpayer.

        Raises:
            NoSuchFlow: there is none with this id.
            FlowNotOffered: what is known of the taxpayer rules it out.
        """
        if not suits(self._catalogue.access(flow_id), facts_of(tx, state)):
            raise FlowNotOffered(
                f"flow {flow_id} is not for this kind of taxpayer; GET /chat/flows lists those"
            )

    # --- beginning

    def start(
        self,
        tx: Tx,
        state: State,
        flow_id: str,
        *,
        by: str = "taxpayer",
        by_name: str | None = None,
        due: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Begin a flow, or go on with its unfinished run.

        Args:
            by: `taxpayer`, or the id of the officer who sends it; then an active run is left alone.
            by_name: the officer's name, told to the taxpayer.
            due: the due item it is about.

        Raises:
            NoSuchFlow: there is none with this id.
            FlowActive: an officer sends it while another run is active.
        """
        flow = self.access(flow_id)
        current = access_conversation(tx, state.id, change=True)
        active = repository.open_run(tx, current.id)
        active = active if active is not None and active.state == "active" else None
        if by != "taxpayer" and active is not None:
            raise FlowActive(
                "this taxpayer is in the middle of a flow; let it end first", flow_id=active.flow_id
            )
        same = repository.open_run_of(tx, current.id, flow_id)
        if same is not None and self.version(flow_id, same.version) is not None:
            if active is not None and active.id != same.id:
                repository.pause_active(tx, current.id)
            key = "already" if same.state == "active" else "on_with"
            return self._act(
                tx, current, same, "resume", None, Told(f"flows.{key}", self._named(flow))
            )
        return self._begin(tx, current, flow, by=by, by_name=by_name, due=due or {}, active=active)

    def _named(self, flow: Flow) -> dict[str, Any]:
        return {"title": flow.definition.title}

    def _begin(
        self,
        tx: Tx,
        current: State,
        flow: Flow,
        *,
        by: str,
        by_name: str | None,
        due: Mapping[str, Any],
        active: Run | None,
        answers: Mapping[str, Any] | None = None,
    ) -> Outcome:
        lead: list[Told | Words] = []
        if active is not None:
            repository.pause_active(tx, current.id)
            lead.append(Told("flows.paused_for", self._name_of(active) | {"days": DAYS}))
        run_id = new_id("fr")
        definition = self._catalogue.access(flow.id)
        if asks_for_item(definition):
            items = self._due_items(tx, current)
            due = {**due, "items": [each.model_dump(mode="json", by_alias=True) for each in items]}
            flow = Flow(offering(definition, items))
        engine = self._engine(tx, current, flow, due)
        words = self._named(flow) | {"minutes": flow.definition.minutes}
        begun = "flows.begun_by_staff" if by_name else "flows.begun"
        lead.append(Told(begun, words | {"name": by_name}))
        if answers:
            lead.append(Told("flows.carried", {"count": len(answers)}))
        moved = Moved(Standing(answers=dict(answers or {})))
        values = {
            "id": run_id,
            "conversation_id": current.id,
            "flow_id": flow.id,
            "version": flow.definition.version,
            "due": _json(due),
            "trail": [_trail(tx, "start", None)],
            "started_by": by,
            **self._columns(tx, engine, moved.standing),
        }
        repository.insert_run(tx, values)
        record(tx, by, "flows:run:start", run_id, flow_id=flow.id, conversation=current.id)
        teller = self._teller(current, engine, run_id)
        return Outcome(_found(tx, run_id), (teller.tell(moved, *lead),), moved)

    def _name_of(self, run: Run) -> dict[str, Any]:
        flow = self.version(run.flow_id, run.version)
        title = flow.definition.title if flow else run.summary.get("title", run.flow_id)
        return {"paused": title, "title": title}

    # --- going on

    def answer(self, tx: Tx, state: State, run_id: str, key: str, raw: Any) -> Outcome:
        """Take the value of a field.

        Raises:
            NoSuchRun: this conversation has none with this id.
            BadInput: the flow has no such field.
        """
        current = access_conversation(tx, state.id, change=True)
        run = self.access_run(tx, current, run_id)
        opened = self._open(tx, current, run)
        if opened is None:
            return self._gone(tx, current, run)

        def seal(step: Step, taken: Any) -> Any:
            return sealed(tx, self._vault, run, step.field, taken)

        before = run.stands()
        raw = with_known(before.answers.get(key), raw)
        if run.state not in ENDED:
            self._only(tx, current, run)
        moved = moves.answer(opened.engine, before, key, raw, keep=seal, locale=current.locale)
        return self._moved(tx, opened, moved, "answer", key)

    def not_understood(self, tx: Tx, state: State, run_id: str) -> Outcome:
        """Say that a text was no value of the field asked now, and ask again."""
        current = access_conversation(tx, state.id, change=True)
        run = self.access_run(tx, current, run_id)
        opened = self._open(tx, current, run)
        if opened is None:
            return self._gone(tx, current, run)
        return self._moved(tx, opened, moves.not_understood(run.stands()), "not_understood", None)

    def act(
        self, tx: Tx, state: State, run_id: str, action: Action, step: str | None = None
    ) -> Outcome:
        """Do an action of a run; `person` is `handed`, which the caller follows up.

        Raises:
            NoSuchRun: this conversation has none with this id.
            BadInput: there is no such action.
        """
        current = access_conversation(tx, state.id, change=True)
        run = self.access_run(tx, current, run_id)
        return self._act(tx, current, run, action, step)

    def _act(
        self,
        tx: Tx,
        current: State,
        run: Run,
        action: Action,
        step: str | None,
        *lead: Told | Words,
    ) -> Outcome:
        opened = self._open(tx, current, run)
        if action == "restart":
            return self._restart(tx, current, run)
        if opened is None:
            return self._gone(tx, current, run)
        if run.state not in ENDED or action in {"back", "change"}:
            self._only(tx, current, run)
        moved = moves.act(opened.engine, run.stands(), action, step)
        return self._moved(tx, opened, moved, action, step, *lead)

    def _restart(self, tx: Tx, current: State, run: Run) -> Outcome:
        """Begin anew; after a change of version with the answers whose keys agree."""
        flow = self.access(run.flow_id)
        gone = self.version(run.flow_id, run.version) is None
        carried = {}
        if gone:
            carried = {k: v for k, v in run.answers.items() if flow.step_of(k) is not None}
        if run.state not in ENDED:
            values = {"state": "expired" if gone else "cancelled", "updated_at": tx.now}
            self._update(tx, run, values)
        if not carried:
            forget(tx, subject=run.id)
        active = repository.open_run(tx, current.id)
        active = active if active is not None and active.state == "active" else None
        return self._begin(
            tx,
            current,
            flow,
            by="taxpayer",
            by_name=None,
            due=run.due,
            active=active,
            answers=carried,
        )

    def _only(self, tx: Tx, current: State, run: Run) -> None:
        """Let any other active run wait: one at a time is asked."""
        active = repository.open_run(tx, current.id)
        if active is not None and active.state == "active" and active.id != run.id:
            repository.pause_active(tx, current.id)

    def again(self, tx: Tx, state: State, run_id: str) -> Draft | None:
        """Return the message that shows where a run stands, to go on after something else."""
        run = self.access_run(tx, state, run_id)
        opened = self._open(tx, state, run)
        if opened is None or run.state != "active":
            return None
        return opened.teller.tell(Moved(run.stands()), Told("flows.on_with", self._name_of(run)))

    def with_person(self, tx: Tx, state: State, run_id: str) -> Handoff:
        """Note that a person sees to a run now; return who takes it, and why."""
        current = access_conversation(tx, state.id, change=True)
        run = self.access_run(tx, current, run_id)
        opened = self._open(tx, current, run)
        if opened is None:
            return Handoff()
        standing = run.stands()
        way = opened.engine.walk(standing.answers)
        place = opened.engine.place(standing, way)
        if run.state not in ENDED:
            self._save(tx, opened, replace(standing, state="with_person", leaving=False), "person")
        if way.stop is not None:
            return way.stop
        if isinstance(place, Step):
            return place.handoff or Handoff()
        if run.state == "done":
            return opened.engine.result(way).handoff or Handoff()
        return Handoff()

    # --- storage

    def access_run(self, tx: Tx, current: State, run_id: str) -> Run:
        """Load a run of a conversation.

        Raises:
            NoSuchRun: it has none with this id.
        """
        run = repository.run_by_id(tx, run_id)
        if run is None or run.conversation_id != current.id:
            raise NoSuchRun(f"no run {run_id} in this conversation; read the messages again")
        return run

    def asked(self, tx: Tx, state: State, run: Run | None) -> Asked | None:
        """Return what an active run asks now; None when it asks no field."""
        if run is None or run.state != "active":
            return None
        opened = self._open(tx, state, run)
        if opened is None:
            return None
        standing = run.stands()
        way = opened.engine.walk(standing.answers)
        place = opened.engine.place(standing, way)
        if not isinstance(place, Step):
            return None
        known = opened.engine.prefilled(place)
        if place.field.key in standing.answers:
            known = None
        return Asked(place, opened.engine.offered(place, way), known)

    def _open(self, tx: Tx, current: State, run: Run) -> Opened | None:
        flow = self.flow_of(run)
        if flow is None:
            return None
        engine = self._engine(tx, current, flow, run.due)
        return Opened(run, engine, self._teller(current, engine, run.id))

    def _engine(self, tx: Tx, current: State, flow: Flow, due: Mapping[str, Any]) -> Engine:
        profile = facts_of(tx, current)
        today = tx.now.astimezone(SHANGHAI).date()
        return Engine(flow, Known(profile, today, tax_calendar(), due, items=items_of(due)))

    def _teller(self, current: State, engine: Engine, run_id: str) -> Teller:
        sender: Sender = "bot" if bot_may_speak(current) else "system"
        return Teller(engine, run_id, current.locale, self._cite, sender)

    def _moved(
        self,
        tx: Tx,
        opened: Opened,
        moved: Moved,
        did: str,
        step: str | None,
        *lead: Told | Words,
    ) -> Outcome:
        if moved.view == "cancelled":
            forget(tx, subject=opened.run.id)
        draft = opened.teller.tell(moved, *lead)
        if moved.standing != opened.run.stands():
            self._save(tx, opened, moved.standing, did, step)
        return Outcome(_found(tx, opened.run.id), (draft,), moved)

    def _save(
        self, tx: Tx, opened: Opened, standing: Standing, did: str, step: str | None = None
    ) -> None:
        if standing.state == "cancelled":
            standing = replace(standing, answers={})
        trail = [*opened.run.trail, _trail(tx, did, step)][-TRAIL:]
        columns = self._columns(tx, opened.engine, standing)
        self._update(tx, opened.run, {"trail": trail, "updated_at": tx.now, **columns})

    def _columns(self, tx: Tx, engine: Engine, standing: Standing) -> dict[str, Any]:
        way = engine.walk(standing.answers)
        place = engine.place(standing, way)
        kept = asdict(standing)
        return {
            "state": kept.pop("state"),
            "answers": kept.pop("answers"),
            "standing": kept,
            "step": place.id if isinstance(place, Step) else place,
            "summary": for_staff(engine, standing),
            "expires_at": tx.now + LIFETIME,
        }

    def _update(self, tx: Tx, run: Run, values: dict[str, Any]) -> None:
        if not repository.update_run(tx, run, values):
            raise RunChanged("this was answered elsewhere at the same moment; look again")

    def _gone(self, tx: Tx, current: State, run: Run) -> Outcome:
        """Tell that the version is gone, and offer to begin anew with the answers that agree."""
        if run.state not in ENDED:
            self._update(tx, run, {"state": "expired", "updated_at": tx.now})
        title = self.title(run.flow_id, current.locale)
        sender: Sender = "bot" if bot_may_speak(current) else "system"
        return Outcome(_found(tx, run.id), (gone(run, title, current.locale, sender),))


def _found(tx: Tx, run_id: str) -> Run:
    run = repository.run_by_id(tx, run_id)
    assert run is not None  # noqa: S101 - it was just written
    return run


def _trail(tx: Tx, did: str, step: str | None) -> dict[str, Any]:
    return {"at": tx.now.isoformat(), "did": did} | ({"step": step} if step else {})


def _json(due: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in due.items()
    }
