"""txtai: its hybrid of BM25 and vectors, with the vectors that the others get."""

import numpy as np
from common import DRAWN, Collection, Search, compare, entries, words
from txtai import Embeddings


def build(collection: Collection) -> Search:
    known = dict(zip(map(words, collection.texts), collection.vectors, strict=True))

    def vectors(texts: list[str]) -> np.ndarray:
        return np.stack([known[text] for text in texts])

    index = Embeddings(method="external", transform=vectors, hybrid=True, content=False)
    index.index((place, words(text), None) for place, text in enumerate(collection.texts))

    def search(text: str, vector: np.ndarray) -> list[str]:
        known[words(text)] = vector
        return entries(collection.owners[place] for place, _ in index.search(words(text), DRAWN))

    return search


compare(build)
