"""Builds an index in a process of its own, so that it takes no turn of those who answer.

    python -m knowledge_base.building ENCODER INDEXES < content.json

It writes into the directory of all indexes and nothing else; killed at any moment, it leaves a
half-built directory that the next build or start removes.
"""

import sys
from pathlib import Path

from knowledge_base.encoder.loading import load_encoder
from knowledge_base.index import build_index
from knowledge_base.lessons import read_lessons
from knowledge_base.schemas import Content


def main() -> None:
    """Build what stands in the standard input; print the version."""
    encoder, directory = (Path(each) for each in sys.argv[1:3])
    content = Content.model_validate_json(sys.stdin.buffer.read())
    place = build_index(directory, content, load_encoder(encoder), read_lessons())
    sys.stdout.write(f"{place.name}\n")


if __name__ == "__main__":
    main()
