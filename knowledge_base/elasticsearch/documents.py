"""How an entry stands in Elasticsearch: one document, its vectors nested in it."""

import hashlib
import json
from typing import Any

import numpy as np

from knowledge_base.search import Record

FORMAT = 1
"""Raised whenever the same record must be indexed anew."""
EXACT = 50_000
"""Vectors up to which all are compared; beyond, a graph finds the nearest approximately."""
VECTORS, VECTOR = "vectors", "vectors.vector"


def mapping(dimension: int, *, exact: bool) -> dict[str, Any]:
    """Return the strict mapping of an index.

    Tokens are split at spaces and nothing else is done to them. BM25 is Elasticsearch's default
    (k1 1.2, b 0.75), the lengths are kept as roughly as tantivy keeps them.
    """
    text = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
    day, word = {"type": "integer"}, {"type": "keyword"}
    fields = {
        "entry": word,
        "digest": word,
        "title": text,
        "answer": text,
        "valid_from": day,
        "valid_to": day,
        "region": word,
        "visibility": word,
        "audience": word,
        VECTORS: {
            "type": "nested",
            "dynamic": "strict",
            "properties": {
                "vector": {
                    "type": "dense_vector",
                    "dims": dimension,
                    "similarity": "max_inner_product",
                    "index_options": {"type": "flat" if exact else "hnsw"},
                }
            },
        },
    }
    made: dict[str, Any] = {
        "dynamic": "strict",
        "_source": {"excludes": [VECTORS]},
        "properties": fields,
    }
    plain = json.dumps([FORMAT, made], sort_keys=True)
    return {**made, "_meta": {"made_by": hashlib.sha256(plain.encode()).hexdigest()[:16]}}


def document(record: Record) -> dict[str, Any]:
    """Return the document of an entry."""
    return {
        "entry": record.entry_id,
        "digest": digest(record),
        "title": " ".join(record.title),
        "answer": " ".join(record.answer),
        "valid_from": record.valid_from,
        "valid_to": record.valid_to,
        "region": record.region,
        "visibility": record.visibility,
        "audience": record.audience,
        VECTORS: [{"vector": row} for row in _rows(record)],
    }


def digest(record: Record) -> str:
    """Return what differs whenever anything of a record differs."""
    sum_ = hashlib.blake2b(digest_size=16)
    plain = [
        record.title,
        record.answer,
        record.valid_from,
        record.valid_to,
        record.region,
        record.visibility,
        record.audience,
    ]
    sum_.update(json.dumps(plain, ensure_ascii=False).encode())
    sum_.update(_rows(record).tobytes())
    return sum_.hexdigest()


def _rows(record: Record) -> np.ndarray:
    return np.ascontiguousarray(record.vectors, dtype=np.float32)
