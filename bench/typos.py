"""Writes each question of a file as it is and with a character typed wrong by its sound.

    python bench/typos.py data/evaluation/phrasings_tune.jsonl --seed 1 > typos.jsonl
    daoban kb evaluate typos.jsonl

The styles are `clean`, `same_sound` and `near_sound` (n for l, zh for z and the like). Wrong
characters are drawn from the 3,755 common ones of GB 2312, not from the collection.
"""

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

from knowledge_base.spelling import near, sound_of
from knowledge_base.text import normalise

COMMON = bytes(
    byte for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF) for byte in (high, low)
).decode("gb2312", errors="ignore")
SKIPPED = {"typo"}
"""Styles that hold a wrong character already."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    drawn = random.Random(options.seed)
    for line in options.file.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        if question.get("style") not in SKIPPED:
            for style, query in spelled(normalise(question["query"]), drawn):
                print(json.dumps(question | {"query": query, "style": style}, ensure_ascii=False))


def spelled(text: str, drawn: random.Random) -> Iterator[tuple[str, str]]:
    """Yield a text by its style; not at all where no character can be typed wrong in both ways."""
    same = [(place, other) for place, other, is_same in _wrong(text) if is_same]
    nearly = [(place, other) for place, other, is_same in _wrong(text) if not is_same]
    if same and nearly:
        yield "clean", text
        yield "same_sound", _typed(text, same, drawn)
        yield "near_sound", _typed(text, nearly, drawn)


def _wrong(text: str) -> Iterator[tuple[int, str, bool]]:
    for place, character in enumerate(text):
        sound = sound_of(character)
        for other in COMMON if sound else "":
            heard = sound_of(other)
            if other != character and near(heard) == near(sound):
                yield place, other, heard == sound


def _typed(text: str, wrong: list[tuple[int, str]], drawn: random.Random) -> str:
    """Each place that can be wrong is as likely, however many characters sound so."""
    place = drawn.choice(sorted({place for place, _ in wrong}))
    return text[:place] + drawn.choice([it for at, it in wrong if at == place]) + text[place + 1 :]


if __name__ == "__main__":
    main()
