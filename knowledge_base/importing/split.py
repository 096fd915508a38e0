"""A document in parts that can be cited: its articles, else its numbered or headed sections."""

import re
from collections.abc import Sequence
from itertools import pairwise

from knowledge_base.importing.about import article_number
from knowledge_base.importing.blocks import Block
from knowledge_base.importing.schemas import Passage

LONG = 4_000
"""Characters of a part from which a person should look whether it was split right."""

_ARTICLE = re.compile(
    r"(第[一二三四五六七八九十百千零〇两\d]+条(?:之[一二三四五六七八九十])?)[ 　]*(.*)", re.DOTALL
)
_DIVISION = re.compile(r"第[一二三四五六七八九十百千零〇\d]+[编章节][ 　]?.{0,40}")
_ANNEX = re.compile(
    r"附(?:件|表|录)?[一二三四五六七八九十\d]{0,3}(?: ?[:：].*)?"
    r"|[^，。；：]{0,20}税[率额]表[一二三四五]?(?:（.{0,20}）)?"
)
_SECTION = re.compile(r"([一二三四五六七八九十]+)、(.*)", re.DOTALL)


def split(blocks: Sequence[Block]) -> list[Passage]:
    """Return the parts of a document in their order.

    By articles (第…条) where it has two or more; else by sections (一、), else by headings; what
    stands before the first is a part called 正文, what is appended (附：, 附件1) one of its own.
    """
    if sum(bool(_ARTICLE.match(block.text)) for block in blocks) >= 2:
        return _parts(blocks, _ARTICLE, "")
    if sum(bool(_SECTION.match(block.text)) for block in blocks) >= 2:
        return _parts(blocks, _SECTION, "、")
    return _by_headings(blocks)


def _parts(blocks: Sequence[Block], begins: re.Pattern[str], mark: str) -> list[Passage]:
    found: list[Passage] = []
    headings: list[str] = []
    label, under = "正文", ""
    lines: list[str] = []
    annexed = False

    def close() -> None:
        if lines:
            found.append(Passage(label=label, heading=under, text="\n".join(lines)))

    for block in blocks:
        if block.level == 1:
            continue
        division = block.level > 1 or _DIVISION.fullmatch(block.text)
        part = begins.match(block.text)
        if _ANNEX.fullmatch(block.text) and (not annexed or block.text.startswith("附")):
            close()
            annexed, headings = True, [block.text]
            label, under, lines = re.split(r"[:：]", block.text)[0].strip(), "", [block.text]
        elif annexed and block.level > 1 and not _DIVISION.fullmatch(block.text):
            lines.append(block.text)
        elif division and part is None:
            headings = _under(headings, block.text)
        elif part is not None:
            close()
            label, under = part[1], " ".join(headings)
            lines = [part[2]] if mark == "" else [block.text]
        else:
            lines.append(block.text)
    close()
    return found


def _under(headings: list[str], heading: str) -> list[str]:
    """The headings above what follows: a chapter ends sections, a section another section."""
    kept = [each for each in headings if _rank(each) < _rank(heading)]
    return [*kept, re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff]$)", "", heading)]


def _rank(heading: str) -> int:
    """-1 for an annex, 0 for a part (编), 1 for a chapter, 2 for a section, 3 for another one."""
    if _ANNEX.fullmatch(heading):
        return -1
    found = re.match(r"第[^编章节]{1,6}([编章节])", heading)
    return "编章节".index(found[1]) if found else 3


def _by_headings(blocks: Sequence[Block]) -> list[Passage]:
    found: list[Passage] = []
    headings: dict[int, str] = {}
    lines: list[str] = []

    def close() -> None:
        if lines:
            names = [headings[level] for level in sorted(headings)]
            label = names[-1] if names else "正文"
            found.append(Passage(label=label, heading=" ".join(names[:-1]), text="\n".join(lines)))
            lines.clear()

    for block in blocks:
        if block.level == 1:
            continue
        if block.level:
            close()
            headings = {level: name for level, name in headings.items() if level < block.level}
            headings[block.level] = block.text
        else:
            lines.append(block.text)
    close()
    return found


def doubts(passages: Sequence[Passage]) -> list[str]:
    """Return what looks wrong with how a document was split."""
    found = []
    numbers = [number for each in passages if (number := article_number(each.label))]
    if numbers and numbers[0] != 1:
        found.append(f"it begins with article {numbers[0]}: are the first ones missing?")
    for before, after in pairwise(numbers):
        if after not in {before, before + 1}:
            found.append(f"article {after} follows article {before}: is one missing?")
    labels = [each.label for each in passages if each.label != "正文"]
    if twice := sorted({label for label in labels if labels.count(label) > 1}):
        found.append(f"stands twice: {'、'.join(twice[:5])}")
    found += [
        f"{each.label} has {len(each.text)} characters"
        for each in passages
        if len(each.text) > LONG
    ]
    return found
