"""How the legal basis of an answer is shown."""

from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict

from core.script import shown
from core.texts import text
from knowledge_base.schemas import Content, Document, Entry, SourceRef


class Source(BaseModel):
    """A source as the contract's `Message.sources` has it; dates in Asia/Shanghai, inclusive."""

    model_config = ConfigDict(frozen=True)

    document: str
    number: str | None
    article: str | None
    effective_from: date | None
    effective_to: date | None
    url: str | None
    kind: str


def sources_of(content: Content, entry: Entry, locale: str) -> list[Source]:
    """Return an entry's sources in its own order; in English they keep their Chinese names.

    A document whose number nobody verified (check L3) is marked so. Where the entry is L3 although
    its documents are not, all of its sources are marked: what was not verified is which applies.
    """
    documents = [content.documents[ref.document] for ref in entry.sources]
    doubtful = entry.check == "L3" and all(each.check != "L3" for each in documents)
    return [
        _source(document, ref.provision, locale, unverified=doubtful or document.check == "L3")
        for document, ref in zip(documents, entry.sources, strict=True)
    ]


def cite(documents: Mapping[str, Document], refs: Sequence[SourceRef], locale: str) -> list[Source]:
    """Return what references lead to; one whose document is not there is left out."""
    return [
        _source(document, ref.provision, locale, unverified=document.check == "L3")
        for ref in refs
        if (document := documents.get(ref.document)) is not None
    ]


def _source(
    document: Document, provision_id: str | None, locale: str, *, unverified: bool
) -> Source:
    provision = document.provision(provision_id)
    start, end = document.in_force(provision_id)
    kind = text(f"knowledge.source.kind.{document.kind}", locale)
    number = number_of(document)
    return Source(
        document=shown(document.cite, locale),
        number=number and shown(number, locale),
        article=shown(provision.article, locale) if provision else None,
        effective_from=start,
        effective_to=end,
        url=document.url,
        kind=text("knowledge.source.unverified", locale, kind=kind) if unverified else kind,
    )


def number_of(document: Document) -> str | None:
    """Return the number of a document as it is written officially, or None when it has none.

    An announcement is named by ALL its issuers: the same year and number is used by others too.
    """
    if document.number is None:
        return None
    written = {"issuers": " ".join(document.issuers), "number": document.number}
    announcement = text("knowledge.source.announcement_series")
    series = document.series or announcement
    if series == announcement:
        return text("knowledge.source.announcement_number", year=document.year, **written)
    if series == text("knowledge.source.order_series"):
        return text("knowledge.source.order_number", **written)
    return text(
        "knowledge.source.series_number", series=series, year=document.year, number=document.number
    )
