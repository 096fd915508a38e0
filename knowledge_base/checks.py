"""How documents and entries must fit together; each rule says what to do about a breach."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from core.conditions import ConditionError, parse
from knowledge_base import regions
from knowledge_base.collection import day_span
from knowledge_base.document_checks import check_documents
from knowledge_base.english import is_english
from knowledge_base.schemas import Content, Document, Entry
from knowledge_base.text import normalise
from knowledge_base.watch import overlap
from knowledge_base.yaml_files import NOTHING, FaultSink, Place, Placed, Rule, Values

ALIASES = 10
"""An entry needs at least so many ways of asking, in the taxpayers' words."""
SHORTEST, LONGEST = 40, 400
"""Characters of an answer, white space left out."""


def check(
    documents: Sequence[Placed[Document]],
    entries: Sequence[Placed[Entry]],
    flows: Collection[str] | None = None,
) -> None:
    """Note every breach of the rules at the items it concerns.

    Args:
        documents, entries: what the files hold.
        flows: ids of flows that entries may name; None: any.
    """
    _unique(documents)
    _unique(entries)
    known = Content(
        documents={each.item.id: each.item for each in documents},
        entries={each.item.id: each.item for each in entries},
    )
    check_documents(documents)
    for each in entries:
        if flows is not None and each.item.flow is not None and each.item.flow not in flows:
            known_flows = ", ".join(sorted(flows))
            each.fault(("flow",), f"no flow {each.item.flow}; mend it ({known_flows}) or remove it")
    _same_aliases([entry for entry in entries if _entry(entry, known)], known)


def check_entry(item: Entry, among: Content, sink: FaultSink) -> None:
    """Note at `sink` what the rules say against one entry among the others of a collection."""
    known = Content(documents=among.documents, entries={**among.entries, item.id: item})
    entry = Placed(item, sink, ())
    if _entry(entry, known):
        others = [
            each
            for each in known.entries.values()
            if each.id != item.id and each.state != "withdrawn"
        ]
        _same_aliases([*(Placed(each, _Nowhere(), ()) for each in others), entry], known)


class _Nowhere:
    """Takes the faults of entries that are not in question."""

    file = ""

    def line(self, place: Place) -> int:
        del place
        return 1

    def fault(
        self, place: Place, message: str, rule: Rule | None = None, values: Values = NOTHING
    ) -> None:
        del place, message, rule, values


def _entry(entry: Placed[Entry], known: Content) -> bool:
    """Note what is wrong with an entry by itself; whether it is to be compared with others.

    Of one that was withdrawn only the sources must be known: others may have taken its wordings.
    """
    if entry.item.state == "withdrawn":
        _sources(entry, known)
        return False
    _wording(entry)
    _conditions(entry)
    _english(entry)
    if entry.item.general and entry.item.is_policy and not entry.item.cases:
        entry.fault(
            ("general",),
            "nothing follows a general answer without cases; add some, or remove general",
            "nothing_follows",
        )
    for position, related in enumerate(entry.item.related):
        if related not in known.entries:
            entry.fault(
                ("related", position),
                f"no entry {related}; mend or remove it",
                "unknown_entry",
                id=related,
            )
        elif known.entries[related].kind == "refusal":
            entry.fault(
                ("related", position),
                f"{related} is a refusal, never offered; remove it",
                "leads_to_refusal",
                id=related,
            )
    sound = _sources(entry, known)
    if not entry.item.is_policy:
        _sent_on(entry, known)
    elif sound:
        _validity(entry, known)
    return sound


def _unique(items: Sequence[Placed[Document]] | Sequence[Placed[Entry]]) -> None:
    first: dict[str, Placed[Document] | Placed[Entry]] = {}
    for each in items:
        twin = first.setdefault(each.item.id, each)
        if twin is not each:
            where = f"{twin.source.file}:{twin.source.line(twin.place)}"
            each.fault(("id",), f"id {each.item.id} stands already in {where}; give it another")


def _wording(entry: Placed[Entry]) -> None:
    item = entry.item
    if len(item.aliases) < ALIASES:
        entry.fault(
            ("aliases",),
            f"{len(item.aliases)} aliases; write at least {ALIASES} ways of asking",
            "few_aliases",
            count=len(item.aliases),
            least=ALIASES,
        )
    seen = {normalise(item.question)}
    for position, alias in enumerate(item.aliases):
        if (said := normalise(alias)) in seen:
            entry.fault(("aliases", position), f"{alias} stands twice; remove one", "twice")
        seen.add(said)
    answers = [(("answer",), item.answer)] + [
        (("cases", position, "answer"), case.answer) for position, case in enumerate(item.cases)
    ]
    for place, answer in answers:
        length = len("".join(answer.split()))
        if not SHORTEST <= length <= LONGEST:
            entry.fault(
                place,
                f"{length} characters; an answer has {SHORTEST} to {LONGEST}",
                "length",
                count=length,
                least=SHORTEST,
                most=LONGEST,
            )


def _english(entry: Placed[Entry]) -> None:
    """English says as much as Chinese: an answer for each case, and no Chinese in it."""
    item = entry.item.en
    if item is None:
        return
    if len(item.cases) != len(entry.item.cases):
        entry.fault(
            ("en",),
            f"{len(item.cases)} English cases for {len(entry.item.cases)}; write one for each",
            "english_cases",
            count=len(item.cases),
            needed=len(entry.item.cases),
        )
    for written in (*item.asked, item.answer, *item.cases):
        if not is_english(normalise(written)):
            entry.fault(
                ("en",),
                f"{written[:40]!r} is not English only; names have English forms",
                "not_english",
                text=written[:40],
            )


def _conditions(entry: Placed[Entry]) -> None:
    conditions: list[tuple[Place, dict[str, Any]]] = [
        (("cases", place, "when"), each.when) for place, each in enumerate(entry.item.cases)
    ]
    if entry.item.audience is not None:
        conditions.append((("audience",), entry.item.audience))
    for place, condition in conditions:
        try:
            parse(condition)
        except ConditionError as error:
            entry.fault(place, error.detail, error.rule, **error.values)


def _sources(entry: Placed[Entry], known: Content) -> bool:
    """Note unknown sources; whether all are known."""
    sound = True
    for position, source in enumerate(entry.item.sources):
        place = ("sources", position)
        document = known.documents.get(source.document)
        if document is None:
            entry.fault(
                place,
                f"no document {source.document}; add it to policies/",
                "unknown_document",
                id=source.document,
            )
            sound = False
        elif source.provision is not None and document.provision(source.provision) is None:
            entry.fault(
                place,
                f"{source.document} has no provision {source.provision}; add it",
                "unknown_provision",
                id=source.provision,
            )
            sound = False
    return sound


def _sent_on(entry: Placed[Entry], known: Content) -> None:
    """A referral or refusal is one text for all; it states no rule, so it has no legal basis."""
    item = entry.item
    if item.checked_on is None:
        entry.fault(
            ("checked_on",),
            f"a {item.kind} needs checked_on: the day somebody looked at it",
            "empty",
        )
    for name in ("cases", "general", "flow", "audience", "valid_from", "valid_to"):
        if getattr(item, name):
            entry.fault(
                (name,),
                f"a {item.kind} has no {name}; remove it, or make it a policy",
                "not_for_kind",
            )
    for position, source in enumerate(item.sources):
        document = known.documents.get(source.document)
        if document is not None and document.kind != "guide":
            entry.fault(
                ("sources", position),
                f"{document.id} is no guide; a {item.kind} states no rule, remove it",
                "only_guides",
            )


def _validity(entry: Placed[Entry], known: Content) -> None:
    """An entry may hold only while all its sources are in force, and is dated by some of them."""
    item = entry.item
    if item.checked_on is not None:
        entry.fault(
            ("checked_on",),
            "a policy is dated by its sources; remove checked_on",
            "not_for_kind",
        )
    start, end = known.validity(item)
    if start is None and all(known.documents[ref.document].kind != "guide" for ref in item.sources):
        entry.fault(
            ("sources",),
            "nothing says since when this holds: give valid_from, or its documents effective_from",
            "undated",
        )
    if start is not None and end is not None and end < start:
        entry.fault(
            ("valid_from",) if item.valid_from else ("sources",),
            f"would hold from {start} to {end}: its dates or sources never hold together",
            "never",
            **_days("", (start, end)),
        )
        return
    first, last = day_span((start, end))
    for position, source in enumerate(item.sources):
        in_force = known.documents[source.document].in_force(source.provision)
        begins, ends = day_span(in_force)
        if begins > first or ends < last:
            entry.fault(
                ("sources", position),
                f"{source.document} is in force {_span(in_force)}, the entry holds "
                f"{_span((start, end))}; mend valid_from / valid_to or cite another",
                "not_in_force",
                **_days("", (start, end)),
                **_days("source_", in_force),
            )


def _span(span: tuple[date | None, date | None]) -> str:
    start, end = span
    return f"from {start or 'ever'} to {end or 'open'}"


def _days(prefix: str, span: tuple[date | None, date | None]) -> dict[str, str]:
    named = zip(("start", "end"), span, strict=True)
    return {f"{prefix}{name}": day.isoformat() for name, day in named if day is not None}


def _same_aliases(entries: Iterable[Placed[Entry]], known: Content) -> None:
    """One wording leads to one entry, unless place, audience or time tell them apart."""
    saying: dict[tuple[str, str], list[Placed[Entry]]] = defaultdict(list)
    for each in entries:
        item = each.item
        for position, text in enumerate(item.asked):
            same = saying[normalise(text), regions.code(item.region)]
            for other in same:
                if other.item.id != item.id and overlap(known, item, other.item):
                    place: Place = ("aliases", position - 1) if position else ("question",)
                    each.fault(
                        place,
                        f"{text} is an alias of {other.item.id} too; leave it to one of them",
                        "taken",
                        id=other.item.id,
                    )
            same.append(each)
