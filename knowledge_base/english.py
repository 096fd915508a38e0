"""Questions in English: found by the words of the English questions that entries have.

The encoder tells Chinese questions apart, and English ones from Chinese ones; it does not bring
an English question to a Chinese entry. So what is asked in English is compared with what was
written in English, word by word, and nothing is guessed beyond that.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import tantivy

from core.texts import recognised
from knowledge_base.schemas import Content
from knowledge_base.text import key, normalise

ANSWER, CLARIFY = 0.75, 0.4
"""Shares of the weight of question and wording that must be common, to answer and to offer."""
MARGIN = 0.05
"""Two entries nearer to each other than this are both offered, unless one is asked word by word."""

_NOT_WORD_BY_WORD = 0.99
_HAN = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"[a-z]{2,}")


class EnglishHit(NamedTuple):
    """An entry with the score (0 to 1) of its best wording."""

    entry_id: str
    score: float


def is_english(text: str) -> bool:
    """Whether a normalised text has English words and no Chinese.

    >>> is_english("how is vat filed"), is_english("vat怎么报")
    (True, False)
    """
    return bool(_WORD.search(text)) and not _HAN.search(text)


def is_sure(hits: Sequence[EnglishHit]) -> bool:
    """Whether the first hit may be given as the answer."""
    if not hits or hits[0].score < ANSWER:
        return False
    second = hits[1].score if len(hits) > 1 else 0.0
    return hits[0].score - second >= MARGIN or hits[0].score == 1.0 != second


def count_words(text: str) -> int:
    """Return how many words a normalised English text has."""
    return len(text.split())


class EnglishIndex:
    """The English wordings of a collection; immutable."""

    def __init__(self, content: Content) -> None:
        self._analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"[a-z0-9]+"))
            .filter(tantivy.Filter.stopword("english"))
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )
        self._asking = frozenset(recognised("english.asking"))
        self._wordings = [
            (entry.id, key(normalise(wording)), self._stems(wording))
            for entry in content.entries.values()
            if entry.en is not None
            for wording in entry.en.asked
        ]
        count = Counter(stem for _, _, stems in self._wordings for stem in stems)
        total = max(1, len(self._wordings))
        self._weights = {stem: math.log(1 + total / each) for stem, each in count.items()}
        self._unknown = math.log(1 + total)

    def search(self, text: str, may_be: Callable[[str], bool]) -> list[EnglishHit]:
        """Return the entries that share words with a normalised question, best first.

        Args:
            text: the question.
            may_be: whether an entry may be found by this asker, by its id.
        """
        asked, very = self._stems(text), key(text)
        best: dict[str, float] = {}
        for entry_id, wording, stems in self._wordings:
            score = 1.0 if wording == very else _NOT_WORD_BY_WORD * self._alike(asked, stems)
            if score > best.get(entry_id, 0.0):
                best[entry_id] = score
        found = [EnglishHit(each, score) for each, score in best.items() if may_be(each)]
        return sorted(found, key=lambda hit: -hit.score)

    def _alike(self, one: frozenset[str], other: frozenset[str]) -> float:
        """Cosine of two sets of words, each word weighed by how rare it is."""
        common = self._weight(one & other)
        return common / math.sqrt(self._weight(one) * self._weight(other)) if common else 0.0

    def _weight(self, stems: frozenset[str]) -> float:
        return sum(self._weights.get(stem, self._unknown) ** 2 for stem in stems)

    def _stems(self, text: str) -> frozenset[str]:
        return frozenset(self._analyzer.analyze(text.lower())) - self._asking
