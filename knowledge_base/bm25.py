"""The text side of the embedded backend: BM25 by tantivy over pre-made tokens, filters as clauses.

An index is a directory that is never changed. `updated` links its segments into a directory of its
own, marks the replaced texts there as deleted and adds the new ones: what takes long (the
segments) is shared, and whoever reads the old one goes on.
"""

import math
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tantivy

from knowledge_base.search import TITLE_BOOST, Filters, Record

FIELDS = ("title", "answer")
_FREQUENCY = "freq"  # positions are not needed: no phrase is ever searched
_HEAP = 50_000_000
_HEAP_OF_FEW = 15_000_000
"""The least that tantivy takes."""


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", stored=False, indexed=True, fast=True)
    for name in FIELDS:  # stored, so that a replaced text can be taken out of the statistics
        builder.add_text_field(
            name, stored=True, tokenizer_name="whitespace", index_option=_FREQUENCY
        )
    for name in ("valid_from", "valid_to"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("region", "visibility", "audience"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    return builder.build()


SCHEMA = _schema()


class TextIndex:
    """Texts by row; immutable, safe to read from many threads.

    tantivy counts deleted texts in its document frequencies until it merges them away. `gone`
    says how many of those a token has in each field: the weights of a query take them out, so that
    an updated index weighs tokens as a new one would. Only the mean length of a field still
    has them in it.
    """

    def __init__(
        self, directory: Path | None, searcher: Any, gone: Mapping[str, Counter[str]], deleted: int
    ) -> None:
        self._directory = directory
        self._searcher = searcher
        self._gone = gone
        self._deleted = deleted

    @classmethod
    def build(cls, records: Sequence[Record], directory: Path) -> "TextIndex":
        """Index the texts of records in a directory, which is made; rows count from 0."""
        directory.mkdir(parents=True)
        _write(tantivy.Index(SCHEMA, path=str(directory)), records, 0, (), _HEAP)
        return cls.open(directory)

    @classmethod
    def open(cls, directory: Path) -> "TextIndex":
        """Open what `build` left."""
        return cls(directory, tantivy.Index.open(str(directory)).searcher(), {}, 0)

    def updated(
        self, replaced: Sequence[int], records: Sequence[Record], first_row: int
    ) -> "TextIndex":
        """Return this index without some rows and with records that count from `first_row`.

        Raises:
            ValueError: this index is itself an updated one.
            OSError: no room on the disk.
        """
        if self._directory is None:
            raise ValueError("an updated index is not updated again: update the one it came from")
        with tempfile.TemporaryDirectory(prefix=".update-", dir=self._directory.parent) as place:
            for path in self._directory.iterdir():
                if not path.name.endswith(".lock"):
                    os.link(path, Path(place) / path.name)
            index = tantivy.Index.open(place)
            _write(index, records, first_row, replaced, _HEAP_OF_FEW)
            searcher = index.searcher()  # it has mapped its files: their names may go
        return TextIndex(None, searcher, self._tokens_of(replaced), len(replaced))

    def _tokens_of(self, rows: Iterable[int]) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
        for row in rows:
            [(_, address)] = self._searcher.search(_row(row), 1, count=False).hits
            document = self._searcher.doc(address)
            for name, count in counts.items():
                count.update(set(document[name][0].split()))
        return counts

    def search(self, tokens: list[str], filters: Filters, depth: int) -> list[tuple[int, float]]:
        """Return rows with their scores, best first."""
        should, must = tantivy.Occur.Should, tantivy.Occur.Must
        clauses = [
            (should, clause)
            for token in tokens
            for name, boost in zip(FIELDS, (TITLE_BOOST, 1.0), strict=True)
            if (clause := self._clause(name, token, boost)) is not None
        ]
        if not clauses:
            return []
        query = tantivy.Query.boolean_query(
            [
                (must, tantivy.Query.boolean_query(clauses)),
                *((must, each) for each in _conditions(filters)),
            ]
        )
        found = self._searcher.search(query, depth, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in found])
        return [(row, float(score)) for (score, _), row in zip(found, rows, strict=True)]

    def _clause(self, name: str, token: str, boost: float) -> Any | None:
        """The query of one token, weighed as if what was deleted had never been there."""
        if self._deleted:
            all_df = self._searcher.doc_freq(name, token)
            df = all_df - self._gone[name][token]
            if df <= 0:
                return None
            alive: int = self._searcher.num_docs
            boost *= _idf(alive, df) / _idf(alive + self._deleted, all_df)
        term = tantivy.Query.term_query(SCHEMA, name, token, _FREQUENCY)
        return term if boost == 1.0 else tantivy.Query.boost_query(term, boost)


def _row(row: int) -> Any:
    return tantivy.Query.term_query(SCHEMA, "row", row, "basic")


def _idf(documents: int, df: int) -> float:
    return math.log(1 + (documents - df + 0.5) / (df + 0.5))


def _conditions(filters: Filters) -> list[Any]:
    """The filters as clauses that add nothing to the score."""
    make, integer = tantivy.Query, tantivy.FieldType.Integer
    clauses = [
        make.term_set_query(SCHEMA, "region", sorted({"", *filters.regions})),
        make.term_set_query(SCHEMA, "visibility", sorted(filters.visibilities)),
    ]
    if filters.as_of is not None:
        day = filters.as_of.toordinal()
        holds = [
            make.range_query(SCHEMA, "valid_from", integer, upper_bound=day),
            make.range_query(SCHEMA, "valid_to", integer, lower_bound=day),
        ]
        if filters.lapsed:
            must = tantivy.Occur.Must
            clauses.append(_all_but(make.boolean_query([(must, each) for each in holds])))
        else:
            clauses += holds
    if filters.not_for:
        clauses.append(_all_but(make.term_set_query(SCHEMA, "audience", sorted(filters.not_for))))
    return [make.const_score_query(clause, 0.0) for clause in clauses]


def _all_but(query: Any) -> Any:
    make, occur = tantivy.Query, tantivy.Occur
    return make.boolean_query([(occur.Must, make.all_query()), (occur.MustNot, query)])


def _write(
    index: Any, records: Sequence[Record], first_row: int, replaced: Iterable[int], heap: int
) -> None:
    writer = index.writer(heap, num_threads=1)  # one segment, so row order is kept on ties
    for row in replaced:
        writer.delete_documents_by_query(_row(row))
    for row, record in enumerate(records, first_row):
        document = tantivy.Document()
        document.add_unsigned("row", row)
        document.add_text("title", " ".join(record.title))
        document.add_text("answer", " ".join(record.answer))
        document.add_integer("valid_from", record.valid_from)
        document.add_integer("valid_to", record.valid_to)
        document.add_text("region", record.region)
        document.add_text("visibility", record.visibility)
        document.add_text("audience", record.audience)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
