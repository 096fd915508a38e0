"""How documents must fit together; each rule says what to do about a breach."""

from collections.abc import Mapping, Sequence

from knowledge_base.schemas import Document
from knowledge_base.sources import number_of
from knowledge_base.yaml_files import Place, Placed


def check_documents(documents: Sequence[Placed[Document]]) -> None:
    """Note every breach of the rules at the documents it concerns."""
    known = {each.item.id: each.item for each in documents}
    _keys(documents)
    for document in documents:
        _dates(document)
        _status(document)
        _references(document, known)
        _batch_repeals(document, documents)


def key_of(document: Document) -> tuple[object, ...]:
    """Return what tells a document from every other.

    Issuers in full, kind, series, year and number: 国家税务总局公告2025年第17号 and
    财政部 税务总局公告2025年第17号 are two documents. One without a number is told by its title.
    """
    own = document.number if document.number is not None else document.title
    return (tuple(sorted(document.issuers)), document.kind, document.series, document.year, own)


def _keys(documents: Sequence[Placed[Document]]) -> None:
    first: dict[tuple[object, ...], Placed[Document]] = {}
    for each in documents:
        twin = first.setdefault(key_of(each.item), each)
        if twin.item.id != each.item.id:
            shown = number_of(each.item) or each.item.title
            each.fault(("id",), f"{shown} is {twin.item.id} already: cite that one, or mend this")


def _dates(document: Placed[Document]) -> None:
    item = document.item
    spans = [((), item.effective_from, item.effective_to)] + [
        (("provisions", position), *item.in_force(part.id))
        for position, part in enumerate(item.provisions)
    ]
    for place, start, end in spans:
        if start is not None and end is not None and end < start:
            document.fault((*place, "effective_to"), f"ends {end}, before it begins {start}")
    ids = [part.id for part in item.provisions]
    for position, part in enumerate(item.provisions):
        if part.id in ids[:position]:
            document.fault(("provisions", position), f"provision id {part.id} stands twice")
        if (
            item.effective_from
            and part.effective_from
            and part.effective_from < item.effective_from
        ):
            document.fault(
                ("provisions", position),
                f"in force from {part.effective_from}, before its document ({item.effective_from})",
            )
        if item.effective_to and part.effective_to and part.effective_to > item.effective_to:
            document.fault(
                ("provisions", position),
                f"in force to {part.effective_to}, after its document ({item.effective_to})",
            )


def _status(document: Placed[Document]) -> None:
    """A status is what holds on the day it was checked."""
    item, day = document.item, document.item.checked_on
    ended = item.effective_to is not None and item.effective_to < day
    begun = item.effective_from is None or item.effective_from <= day
    if item.status == "repealed" and not ended:
        document.fault(
            ("status",), f"repealed, but effective_to is no day before {day}; give the last day"
        )
    if item.status in {"in_force", "partly_repealed"} and ended:
        document.fault(
            ("status",), f"ended on {item.effective_to}: write status: repealed, or mend the date"
        )
    if item.status == "not_yet_in_force" and begun:
        document.fault(
            ("status",), f"not yet in force, but effective_from is no day after {day}; mend one"
        )
    if item.status != "not_yet_in_force" and not begun:
        document.fault(
            ("status",),
            f"begins on {item.effective_from}, after {day}: write status: not_yet_in_force",
        )
    if item.repealed_by and item.status not in {"repealed", "partly_repealed"}:
        document.fault(
            ("repealed_by",), f"names a successor, but status is {item.status}; mend one"
        )


def _references(document: Placed[Document], known: Mapping[str, Document]) -> None:
    item = document.item
    named = [(("repealed_by",), item.repealed_by)] if item.repealed_by else []
    for place, other in named + [(("amended_by", i), o) for i, o in enumerate(item.amended_by)]:
        if other not in known:
            document.fault(place, f"no document {other}; add it to policies/ or write null")


def _batch_repeals(document: Placed[Document], documents: Sequence[Placed[Document]]) -> None:
    """What a clause ends by its subject has to be marked as ended, or spared for a reason."""
    item = document.item
    for position, clause in enumerate(item.batch_repeals):
        place: Place = ("batch_repeals", position)
        part = item.provision(clause.provision)
        if part is None:
            document.fault(place, f"{item.id} has no provision {clause.provision}; add it")
            continue
        for other in documents:
            end = other.item.effective_to
            if clause.ends(other.item) and (end is None or end > clause.last_day):
                other.fault(
                    ("effective_to",),
                    f"{item.cite}{part.article} ends it with {clause.last_day}: write effective_to "
                    f"{clause.last_day}, status: repealed and repealed_by: {item.id}; or name it "
                    f"under spared there, with the reason",
                )
        for spared in clause.spared:
            if spared not in {each.item.id for each in documents}:
                document.fault((*place, "spared"), f"no document {spared}; mend or remove it")
