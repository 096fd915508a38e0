"""Haystack: BM25 and vectors in its in-memory store, joined by reciprocal rank."""

import os

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

import numpy as np
from common import DRAWN, Collection, Search, compare, entries, words
from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore


def build(collection: Collection) -> Search:
    store = InMemoryDocumentStore(
        bm25_tokenization_regex=r"\S+", embedding_similarity_function="cosine"
    )
    rows = zip(collection.texts, collection.owners, collection.vectors, strict=True)
    store.write_documents(
        [
            Document(
                id=str(place), content=words(text), meta={"entry": owner}, embedding=row.tolist()
            )
            for place, (text, owner, row) in enumerate(rows)
        ]
    )
    by_words = InMemoryBM25Retriever(store, top_k=DRAWN)
    by_vector = InMemoryEmbeddingRetriever(store, top_k=DRAWN)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def search(text: str, vector: np.ndarray) -> list[str]:
        found = [
            by_words.run(query=words(text))["documents"],
            by_vector.run(query_embedding=vector.tolist())["documents"],
        ]
        return entries(each.meta["entry"] for each in joiner.run(documents=found)["documents"])

    return search


compare(build)
