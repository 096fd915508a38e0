"""A text that plainly asks for a person is understood here, so that it works with Rasa down."""

from functools import lru_cache

from core.texts import recognised
from knowledge_base.text import normalise

LONGEST, LONGEST_ENGLISH = 24, 48
"""A longer text says more than "a person, please" and is left to the dialogue."""


def _bare(words: str) -> str:
    return "".join(c for c in normalise(words) if c.isalnum())


@lru_cache
def _phrases() -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    return (
        frozenset(_bare(each) for each in recognised("person.exact")),
        tuple(_bare(each) for each in recognised("person.within")),
        frozenset(_bare(each) for each in recognised("person.refused")),
    )


def asks_for_person(words: str) -> bool:
    """Whether the text says nothing but that its writer wants to speak with a person."""
    bare = _bare(words)
    exact, within, refused = _phrases()
    longest = LONGEST_ENGLISH if bare.isascii() else LONGEST
    if len(bare) > longest or any(each in bare for each in refused):
        return False
    return bare in exact or any(each in bare for each in within)
