"""What an official document says of itself, as far as its words are plain.

Dates are days in Asia/Shanghai.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from core.numerals import numeral
from knowledge_base.importing.blocks import Block
from knowledge_base.importing.schemas import About

HEAD, TAIL = 12, 6
"""Paragraphs at the beginning and at the end in which number, issuers and dates are looked for."""

LONGEST_TITLE = 100
"""Characters; what is longer was no title."""

_DAY = r"(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日"
_LAST = re.compile(
    rf"(?:执行期限|有效期)?[^。；]{{0,30}}(?:延长至|执行至|有效至|至){_DAY}(?:止|截止|)?"
)
_FROM = re.compile(rf"[自从]{_DAY}(?:起|至)")
_FROM_ISSUE = re.compile(r"自(?:发布|公布|印发)之日起(?:施行|执行|实施)")
_DATE = re.compile(_DAY)
_ANNOUNCEMENT = re.compile(r"([\u4e00-\u9fff 、·]{0,60}?)公告 ?(\d{4}) ?年第 ?(\d+) ?号")
_ORDER = re.compile(r"([\u4e00-\u9fff 、]{0,40}?)令(?: ?(\d{4}) ?年)? ?第 ?(\d+) ?号")
_LETTER = re.compile(r"([\u4e00-\u9fff]{1,12}?) ?[〔\[［(（](\d{4})[〕\]］)）] ?第?(\d+) ?号")
_MADE_BY = re.compile(
    r"(全国人民代表大会常务委员会|全国人民代表大会|国务院)[^，。]{0,20}?(?:通过|发布|公布|批准|关于修改)"
)
_EVENT = re.compile(rf"{_DAY} ?(?=\D)")
_COMMENCED = re.compile(rf"{_DAY} ?起?施行")
_REPEALED = re.compile(r"《[^》]+》(?:（[^）]*）|\([^)]*\))?")
_TEXT = re.compile(r"第[一1]条|第一[编章节]|一、")
_ENDS_OTHERS = re.compile(r"(?:同时|予以)?(?:废止|停止执行)")

_BODIES = (
    "全国人民代表大会常务委员会",
    "全国人民代表大会",
    "国务院办公厅",
    "国务院",
    "财政部",
    "国家税务总局",
    "税务总局",
    "海关总署",
    "工业和信息化部",
    "人力资源社会保障部",
    "住房城乡建设部",
    "国家发展改革委",
    "科技部",
    "商务部",
    "民政部",
    "农业农村部",
    "自然资源部",
    "生态环境部",
    "退役军人部",
    "交通运输部",
    "水利部",
    "教育部",
    "中国人民银行",
    "市场监管总局",
    "国家医保局",
    "中国残联",
    "司法部",
    "文化和旅游部",
    "国家知识产权局",
    "国家数据局",
    "中国证监会",
    "金融监管总局",
)
"""Who issues rules on taxes and fees, as they sign."""
_BODY = re.compile("|".join(sorted(_BODIES, key=len, reverse=True)))


def about(blocks: Sequence[Block]) -> About:
    """Return what the blocks of a document say of it."""
    title = _title(blocks)
    paragraphs = [block.text for block in blocks]
    head, tail = paragraphs[: _begin(blocks)], paragraphs[-TAIL:]
    history = [line for line in head if _EVENT.match(line)]
    number = _number(history[::-1]) or _number(head) or _number(tail)
    issuers = _issuers(number, head, tail, history)
    everything = "\n".join(paragraphs)
    issued = _issued(head, tail, history)
    start = _first_day(_FROM, everything)
    if start is None and _FROM_ISSUE.search(everything):
        start = issued
    return About(
        title=title,
        kind=_kind(title or "", number, issuers),
        issuers=issuers,
        series=number.get("series"),
        year=number.get("year"),
        number=number.get("number"),
        issued_on=issued,
        amended_on=_amended(history),
        effective_from=start,
        effective_to=_last_day(everything, start),
        repeals=list(_repeals(paragraphs)),
    )


def _begin(blocks: Sequence[Block]) -> int:
    """Where the text begins: at its first article or section, at the latest after `HEAD`."""
    for place, block in enumerate(blocks[:HEAD]):
        if _TEXT.match(block.text):
            return place
    return HEAD


def _title(blocks: Sequence[Block]) -> str | None:
    """The first heading of the highest rank, else the lines before a number or a whole sentence."""
    if headings := [block for block in blocks[:HEAD] if block.level == 1]:
        return _one_line(headings[0].text)
    lines: list[str] = []
    for block in blocks[: _begin(blocks)]:
        if block.text.endswith(("。", "：", ":", "；")) or _is_number(block.text):
            if lines:
                break
            continue
        lines.append(block.text)
        if re.search(r"(?:公告|通知|办法|条例|规定|细则|意见|批复|决定|法)$", block.text):
            break
    title = _one_line("".join(lines))
    return title if 0 < len(title) <= LONGEST_TITLE else None


def _is_number(line: str) -> bool:
    return len(line) <= 60 and any(each.search(line) for each in (_ANNOUNCEMENT, _ORDER, _LETTER))


def _one_line(text: str) -> str:
    """A title without the spaces that only set it in the middle of a line."""
    return re.sub(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])", "", text).strip()


def _number(lines: Sequence[str]) -> dict[str, Any]:
    """The number that stands in a line of its own, or at the end of a short one."""
    for line in (_EVENT.sub("", each) for each in lines):
        if len(line) > 80:
            continue
        if found := _ANNOUNCEMENT.search(line):
            return {"by": found[1], "series": "公告", "year": int(found[2]), "number": found[3]}
        if (found := _ORDER.search(line)) and _BODY.search(line):
            year = int(found[2]) if found[2] else None
            return {"by": found[1], "series": "令", "year": year, "number": found[3]}
        if (found := _LETTER.search(line)) and len(line) <= 40:
            return {"by": "", "series": found[1], "year": int(found[2]), "number": found[3]}
    return {}


def _issuers(
    number: dict[str, Any], head: Sequence[str], tail: Sequence[str], history: Sequence[str]
) -> list[str]:
    """Who made a law by its history; else from the number, the signature, or any line above."""
    found = _makers(history) or _bodies(number.get("by", ""))
    if not found:
        found = [body for line in tail if len(line) <= 60 for body in _bodies(line)]
    return list(dict.fromkeys(found or _makers(head)))


def _makers(lines: Sequence[str]) -> list[str]:
    return [each[1] for line in lines if (each := _MADE_BY.search(line))][:1]


def _bodies(line: str) -> list[str]:
    """The issuers in a line, if nothing else stands in it."""
    if _BODY.sub("", line.replace("中华人民共和国", "")).strip(" 、"):
        return []
    return _BODY.findall(line)


def _issued(head: Sequence[str], tail: Sequence[str], history: Sequence[str]) -> date | None:
    """The day of the signature; of a law that on which it was published, else adopted.

    Where neither is said, the last day before the text begins.
    """
    for line in reversed(tail):
        if day := _day(_DATE.fullmatch(line)):
            return day
    for event in ("发布|公布", "通过"):
        for line in history:
            if re.search(event, line) and (day := _day(_DATE.match(line))):
                return day
    days = [
        day
        for line in head
        if not _COMMENCED.fullmatch(line)
        for found in _DATE.finditer(line)
        if (day := _day(found))
    ]
    return max(days, default=None)


def _amended(history: Sequence[str]) -> date | None:
    """The day of the last amendment or revision that the head names."""
    lines = [line for line in history if re.search(r"修正|修订", line)]
    return _day(_DATE.match(lines[-1])) if lines else None


def _day(found: re.Match[str] | None) -> date | None:
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()[-3:]))
    except ValueError:
        return None


def _first_day(pattern: re.Pattern[str], text: str) -> date | None:
    """The day in the last sentence of that form: the articles on commencement come last."""
    days = [day for found in pattern.finditer(text) if (day := _day(found))]
    return days[-1] if days else None


def _last_day(text: str, start: date | None) -> date | None:
    days = [day for found in _LAST.finditer(text) if (day := _day(found))]
    return days[-1] if days and (start is None or days[-1] > start) else None


def _kind(title: str, number: dict[str, Any], issuers: Sequence[str]) -> str | None:
    if number.get("series") == "公告" or title.endswith("公告"):
        return "announcement"
    if title.endswith("法") and "办法" not in title[-2:]:
        return "law"
    if title.endswith(("条例", "实施细则", "暂行规定")) and number.get("series", "令") == "令":
        return "regulation"
    if title.endswith(("办法", "规定")) and issuers == ["国务院"]:
        return "regulation"
    if number.get("series") == "令" or title.endswith("办法"):
        return "rule"
    if title.endswith(("通知", "意见", "批复", "函")):
        return "notice"
    return None


def _repeals(paragraphs: Sequence[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        for sentence in re.split(r"[。；]", paragraph):
            if _ENDS_OTHERS.search(sentence):
                yield from _REPEALED.findall(sentence)


def article_number(label: str) -> int | None:
    """Return the number of 第十二条 or 第十二条之一; None when it is no article."""
    found = re.fullmatch(
        r"第([一二三四五六七八九十百千零〇两]+|\d+)条(?:之[一二三四五六七八九十])?", label
    )
    if found is None:
        return None
    return int(found[1]) if found[1].isdigit() else int(numeral(found[1]))
