"""What hangs on a document: so that an editor knows what to look at when it changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from core.errors import NotFound
from knowledge_base.schemas import Content, Document, SourceRef
from knowledge_base.sources import number_of
from knowledge_base.text import key, normalise

Kind = Literal["entry", "document", "flow", "rule", "calendar"]


@dataclass(frozen=True, slots=True)
class Dependent:
    """A thing that rests on a document.

    Attributes:
        kind: what it is.
        id: its id, or its place.
        title: what it is called.
        how: in which way it rests on it, e.g. "cites 第六条", "names it in its answer".
    """

    kind: Kind
    id: str
    title: str
    how: str


def find_document(content: Content, words: str) -> Document:
    """Return the document of an id, of a number as it is written officially, or of a title.

    Raises:
        NotFound: none, or several that the words fit; told with those that come near.
    """
    if found := content.documents.get(words):
        return found
    wanted = key(normalise(words))
    exact = [each for each in content.documents.values() if wanted in _names(each)]
    if len(exact) == 1:
        return exact[0]
    near = exact or [
        each for each in content.documents.values() if any(wanted in name for name in _names(each))
    ]
    if len(near) == 1:
        return near[0]
    told = "; ".join(f"{each.id} {each.cite}" for each in near[:8])
    raise NotFound(
        f"{words!r} fits several documents: {told}; give an id"
        if near
        else f"no document {words!r}; give an id, or a number with its issuers in full"
    )


def impact(content: Content, document: Document) -> list[Dependent]:
    """Return what of the knowledge base itself hangs on a document, in the order of ids."""
    return [*_entries(content, document), *_documents(content, document)]


def cited(document: Document, refs: Sequence[SourceRef]) -> str | None:
    """Return which provisions of a document some references cite, in words; None when none."""
    found = [ref for ref in refs if ref.document == document.id]
    if not found:
        return None
    parts = [part.article for ref in found if (part := document.provision(ref.provision))]
    return f"cites {'、'.join(dict.fromkeys(parts))}" if parts else "cites it as a whole"


def names_of(document: Document) -> list[str]:
    """Return the names by which a text without a reference would tell of a document."""
    return [name for name in (number_of(document), document.cite) if name]


def _names(document: Document) -> set[str]:
    return {key(normalise(each)) for each in (*names_of(document), document.title)}


def _entries(content: Content, document: Document) -> Iterator[Dependent]:
    written = [key(normalise(name)) for name in names_of(document)]
    for entry in content.entries.values():
        how = cited(document, entry.sources)
        if how is None:
            said = key(normalise(" ".join(entry.answers)))
            how = "names it in its answer" if any(name in said for name in written) else None
        if how is not None:
            first, last = content.validity(entry)
            span = f"{first or 'ever'} to {last or 'open'}"
            state = "draft, " if entry.state == "draft" else ""
            yield Dependent("entry", entry.id, entry.question, f"{how} ({state}{span})")


def _documents(content: Content, document: Document) -> Iterator[Dependent]:
    for other in content.documents.values():
        if other.repealed_by == document.id:
            yield Dependent("document", other.id, other.cite, "is repealed by it")
        if document.id in other.amended_by:
            yield Dependent("document", other.id, other.cite, "is amended by it")
        for clause in other.batch_repeals:
            if clause.ends(document) or document.id in clause.spared:
                how = "ends it" if clause.ends(document) else "spares it"
                yield Dependent("document", other.id, other.cite, f"batch repeal: {how}")
        if any(clause.ends(other) for clause in document.batch_repeals):
            yield Dependent("document", other.id, other.cite, "is ended by its batch repeal")
