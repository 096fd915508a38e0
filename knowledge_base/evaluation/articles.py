"""A file's own collection: articles in an index in memory, asked as their callers asked.

Only the ranking is measured: such a collection has one wording for each article, nothing that a
decision could be calibrated on, and never answers a taxpayer.
"""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.evaluation.figures import Ranking, ranking
from knowledge_base.evaluation.files import Article
from knowledge_base.ranking import fuse
from knowledge_base.search import Filters, Hits, Record
from knowledge_base.text import all_tokens, normalise, searchable, tokens
from knowledge_base.vectors import TextEncoder, VectorCache

THIRDS = ("little overlap", "some overlap", "much overlap")


class Found(BaseModel):
    """Where an article came for its caller's question, from 1; 0 when not among the first ten.

    Attributes:
        overlap: share of the two texts' character bigrams that both have.
    """

    model_config = ConfigDict(frozen=True)

    query: str
    article: str
    overlap: float
    place: int
    bm25_place: int
    vector_place: int


class Collection:
    """Articles, indexed."""

    def __init__(self, articles: Sequence[Article], encoder: TextEncoder) -> None:
        vectors = VectorCache(encoder)
        self._encoder = encoder
        self._index = EmbeddedIndex.build(
            [
                Record(
                    each.id,
                    all_tokens(normalise(each.title)),
                    all_tokens(normalise(each.answer)),
                    vectors.get([normalise(each.title), normalise(each.answer)], "passage"),
                )
                for each in articles
            ],
            encoder.dimension,
        )

    def find(self, article: Article) -> Found:
        """Ask an article's question."""
        said = searchable(article.asked)
        hits = self._index.search(tokens(said), self._encoder.encode_query(said), Filters(None))
        fused, bm25, vector = _orders(hits)
        return Found(
            query=article.asked,
            article=article.id,
            overlap=_overlap(said, normalise(article.title)),
            place=_place(fused, article.id),
            bm25_place=_place(bm25, article.id),
            vector_place=_place(vector, article.id),
        )


def by_overlap(found: Sequence[Found]) -> dict[str, Ranking]:
    """Return the ranking for each third of the questions, by how many words they share."""
    ordered = sorted(found, key=lambda each: (each.overlap, each.article))
    cuts = [round(len(ordered) * part / len(THIRDS)) for part in range(len(THIRDS) + 1)]
    made = {
        name: ranking([each.place for each in ordered[low:high]])
        for name, low, high in zip(THIRDS, cuts, cuts[1:], strict=False)
    }
    return {name: figures for name, figures in made.items() if figures is not None}


def _orders(hits: Hits) -> tuple[list[str], list[str], list[str]]:
    return (
        [each.entry_id for each in fuse(hits)],
        [each.entry_id for each in hits.bm25],
        [each.entry_id for each in hits.vector],
    )


def _place(ids: Sequence[str], own: str) -> int:
    return next((at for at, each in enumerate(ids[:10], 1) if each == own), 0)


def _overlap(one: str, other: str) -> float:
    first, second = set(tokens(one)), set(tokens(other))
    return len(first & second) / len(first | second) if first | second else 0.0
