"""BM25 alone: bm25s over the words that jieba finds."""

import bm25s
import numpy as np
from common import DRAWN, Collection, Search, compare, entries, words


def build(collection: Collection) -> Search:
    index = bm25s.BM25()
    index.index([words(text).split() for text in collection.texts], show_progress=False)

    def search(text: str, _vector: np.ndarray) -> list[str]:
        found, _ = index.retrieve([words(text).split()], k=DRAWN, show_progress=False)
        return entries(collection.owners[place] for place in found[0])

    return search


compare(build)
