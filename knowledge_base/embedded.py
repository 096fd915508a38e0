"""The embedded backend: BM25 by tantivy, inner products by a flat FAISS index, in one directory."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import tantivy

from knowledge_base.search import DEPTH, SUPPORT, TITLE_BOOST, Filters, Hit, Hits, Record

_TEXT, _VECTORS, _ROWS = "text", "vectors.faiss", "rows.json"
_FREQUENCY = "freq"  # positions are not needed: no phrase is ever searched
_HEAP = 50_000_000
_FIRST_ROWS = 4 * DEPTH

# One query against a flat index is quicker on one thread than the waking of others costs.
faiss.omp_set_num_threads(1)


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", stored=False, indexed=False, fast=True)
    for name in ("title", "answer"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=_FREQUENCY)
    for name in ("valid_from", "valid_to"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("region", "visibility", "audience"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    return builder.build()


class EmbeddedIndex:
    """A collection in tantivy and FAISS; read-only once built, safe to read from many threads."""

    def __init__(self, text: Any, vectors: Any, rows: dict[str, Any]) -> None:
        self._schema = _schema()
        self._searcher = text.searcher()
        self._vectors = vectors
        self._ids: list[str] = rows["ids"]
        self._owner = np.asarray(rows["owner"], dtype=np.int64)
        self._first = np.searchsorted(self._owner, np.arange(len(self._ids) + 1)).tolist()
        self._matrix = (
            vectors.reconstruct_n(0, vectors.ntotal)
            if vectors.ntotal
            else np.empty((0, vectors.d), dtype=np.float32)
        )
        self._valid_from = np.asarray(rows["valid_from"], dtype=np.int64)
        self._valid_to = np.asarray(rows["valid_to"], dtype=np.int64)
        self._region = np.asarray(rows["region"], dtype=np.str_)
        self._visibility = np.asarray(rows["visibility"], dtype=np.str_)
        self._audience = np.asarray(rows["audience"], dtype=np.str_)

    @classmethod
    def build(
        cls, records: Sequence[Record], dimension: int, directory: Path | None = None
    ) -> "EmbeddedIndex":
        """Index records, in `directory` (which must be empty) or in memory."""
        if directory is not None:
            (directory / _TEXT).mkdir(parents=True)
        text = tantivy.Index(_schema(), path=None if directory is None else str(directory / _TEXT))
        _write_text(text, records)
        vectors = faiss.IndexFlatIP(dimension)
        owner: list[int] = []
        for row, record in enumerate(records):
            vectors.add(np.ascontiguousarray(record.vectors, dtype=np.float32))
            owner.extend([row] * len(record.vectors))
        rows = {
            "ids": [record.entry_id for record in records],
            "owner": owner,
            "valid_from": [record.valid_from for record in records],
            "valid_to": [record.valid_to for record in records],
            "region": [record.region for record in records],
            "visibility": [record.visibility for record in records],
            "audience": [record.audience for record in records],
        }
        if directory is not None:
            faiss.write_index(vectors, str(directory / _VECTORS))
            (directory / _ROWS).write_text(json.dumps(rows), encoding="utf-8")
        return cls(text, vectors, rows)

    @classmethod
    def open(cls, directory: Path) -> "EmbeddedIndex":
        """Open what `build` left in a directory."""
        rows = json.loads((directory / _ROWS).read_text(encoding="utf-8"))
        text = tantivy.Index.open(str(directory / _TEXT))
        return cls(text, faiss.read_index(str(directory / _VECTORS)), rows)

    def search(self, tokens: list[str], vector: np.ndarray, filters: Filters) -> Hits:
        """Return the best hits of both kinds among the entries that the filters let in."""
        allowed = self._allowed(filters)
        if not allowed.any():
            return Hits()
        return Hits(self._text_hits(tokens, filters), self._vector_hits(vector, allowed))

    def _text_hits(self, tokens: list[str], filters: Filters) -> list[Hit]:
        if not tokens:
            return []
        should = tantivy.Occur.Should
        clauses = []
        for token in tokens:
            title = tantivy.Query.term_query(self._schema, "title", token, _FREQUENCY)
            answer = tantivy.Query.term_query(self._schema, "answer", token, _FREQUENCY)
            clauses.append((should, tantivy.Query.boost_query(title, TITLE_BOOST)))
            clauses.append((should, answer))
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, tantivy.Query.boolean_query(clauses)),
                *((tantivy.Occur.Must, each) for each in self._conditions(filters)),
            ]
        )
        found = self._searcher.search(query, DEPTH, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in found])
        return [
            Hit(self._ids[row], float(score)) for (score, _), row in zip(found, rows, strict=True)
        ]

    def _conditions(self, filters: Filters) -> list[Any]:
        """The filters as clauses that add nothing to the score."""
        make, schema, integer = tantivy.Query, self._schema, tantivy.FieldType.Integer
        clauses = [
            make.term_set_query(schema, "region", sorted({"", *filters.regions})),
            make.term_set_query(schema, "visibility", sorted(filters.visibilities)),
        ]
        if filters.as_of is not None:
            day = filters.as_of.toordinal()
            clauses += [
                make.range_query(schema, "valid_from", integer, upper_bound=day),
                make.range_query(schema, "valid_to", integer, lower_bound=day),
            ]
        if filters.not_for:
            concerned = make.term_set_query(schema, "audience", sorted(filters.not_for))
            clauses.append(
                make.boolean_query(
                    [
                        (tantivy.Occur.Must, make.all_query()),
                        (tantivy.Occur.MustNot, concerned),
                    ]
                )
            )
        return [make.const_score_query(clause, 0.0) for clause in clauses]

    def _allowed(self, filters: Filters) -> np.ndarray:
        """The same filters as a mask over entries."""
        allowed: np.ndarray = (
            np.isin(self._region, ["", *filters.regions])
            & np.isin(self._visibility, list(filters.visibilities))
            & ~np.isin(self._audience, list(filters.not_for))
        )
        if filters.as_of is not None:
            day = filters.as_of.toordinal()
            allowed &= (self._valid_from <= day) & (self._valid_to >= day)
        return allowed

    def _vector_hits(self, vector: np.ndarray, allowed: np.ndarray) -> list[Hit]:
        """Ask for more rows until `DEPTH` entries are among them: an entry has a dozen."""
        mask = allowed[self._owner]
        usable = int(mask.sum())
        wanted = min(DEPTH, int(allowed.sum()))
        # faiss wraps these constructors at run time; its stubs describe the C++ ones
        selector = faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))  # type: ignore[call-arg, arg-type]
        parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        rows = min(_FIRST_ROWS, usable)
        while True:
            scores, places = self._vectors.search(query, rows, params=parameters)
            best: dict[int, float] = {}
            for score, place in zip(scores[0].tolist(), places[0].tolist(), strict=True):
                best.setdefault(int(self._owner[place]), score)  # rows come best first
            if len(best) >= wanted or rows >= usable:
                break
            rows = min(4 * rows, usable)
        return [
            Hit(self._ids[row], score, self._support(query[0], row))
            for row, score in list(best.items())[:DEPTH]
        ]

    def _support(self, query: np.ndarray, row: int) -> float:
        products = self._matrix[self._first[row] : self._first[row + 1]] @ query
        best = sorted(products.tolist())[-SUPPORT:]
        return float(sum(best) / len(best))


def _write_text(text: Any, records: Sequence[Record]) -> None:
    writer = text.writer(_HEAP, num_threads=1)  # one segment, so row order is kept on ties
    for row, record in enumerate(records):
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
    text.reload()
