"""Files of each kind as plain blocks in reading order: headings with their level, paragraphs."""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

import docx
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from docx.document import Document as WordDocument
from docx.table import Table
from markdown_it import MarkdownIt
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from core.errors import DaobanError

UNPACKED = 200 * 1024 * 1024
"""Bytes that a Word file may unpack to."""


class CannotRead(DaobanError):
    """A file that cannot be imported as it is; the detail says what to do."""

    status = 422
    code = "cannot_read"


_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Characters without width, as pages have them before an article."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (level 1 is the title) or a paragraph (level 0)."""

    text: str
    level: int = 0


def read_blocks(data: bytes, suffix: str) -> list[Block]:
    """Return the blocks of a file.

    Args:
        data: the file.
        suffix: in lower case with the dot, one of `READERS`.

    Raises:
        CannotRead: it is damaged, protected, or holds no text.
    """
    blocks = [
        Block(text, block.level)
        for block in READERS[suffix](data)
        if (text := re.sub(r"[ \t\u00a0\u3000]+", " ", _UNSEEN.sub("", block.text)).strip())
    ]
    if not blocks:
        raise CannotRead("it holds no text: is it empty, or a picture of a page?")
    return blocks


def text_of(data: bytes) -> str:
    """Return a text file as text: UTF-8, or else what older Chinese systems write (GB 18030).

    Raises:
        CannotRead: it is neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CannotRead("its characters are neither UTF-8 nor GB 18030: save it as UTF-8")


def _markdown(data: bytes) -> Iterator[Block]:
    return _html_of(MarkdownIt("commonmark").enable("table").render(text_of(data)))


def _html(data: bytes) -> Iterator[Block]:
    return _html_of(data)


_NO_CONTENT = (
    "script",
    "style",
    "nav",
    "header",
    "footer",
    "aside",
    "form",
    "noscript",
    "template",
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PARAGRAPHS = {*_HEADINGS, "p", "li", "pre", "blockquote", "dt", "dd", "div", "section", "article"}
_PARAGRAPHS |= {"table", "thead", "tbody", "tr", "ul", "ol", "dl", "main", "center", "figure"}


def _html_of(markup: str | bytes) -> Iterator[Block]:
    page = BeautifulSoup(markup, "html.parser")
    for each in page.find_all(_NO_CONTENT):
        each.decompose()
    if not page.find("h1") and page.title is not None:
        yield Block(page.title.get_text(), 1)
    yield from _element(page.body or page)


def _element(element: Tag) -> Iterator[Block]:
    """The lines of an element, and of those inside it, each where it stands."""
    level = _HEADINGS.get(element.name, 0)
    if element.name == "tr":
        cells = element.find_all(["td", "th"], recursive=False)
        yield Block(" | ".join(cell.get_text(" ", strip=True) for cell in cells))
        return
    line = ""
    for each in element.children:
        if isinstance(each, Tag) and (each.name in _PARAGRAPHS or each.find([*_PARAGRAPHS, "br"])):
            yield Block(line, level)
            line = ""
            yield from (Block(inside.text, inside.level or level) for inside in _element(each))
        elif isinstance(each, Tag) and each.name == "br":
            yield Block(line, level)
            line = ""
        elif isinstance(each, Tag) or type(each) is NavigableString:
            line += " ".join(each.get_text().splitlines())
    yield Block(line, level)


def _word(data: bytes) -> Iterator[Block]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > UNPACKED:
                raise CannotRead("it unpacks to more than 200 MB: split it")
        document = docx.Document(BytesIO(data))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise CannotRead("it is no Word file (docx), or damaged: save it anew as .docx") from error
    return _word_blocks(document)


def _word_blocks(document: WordDocument) -> Iterator[Block]:
    for each in document.iter_inner_content():
        if isinstance(each, Table):
            for row in each.rows:
                yield Block(" | ".join(cell.text.strip() for cell in row.cells))
            continue
        style = (each.style.name or "") if each.style is not None else ""
        found = re.fullmatch(r"(?:Heading|标题) (\d)", style)
        level = 1 if style in {"Title", "标题"} else int(found.group(1)) if found else 0
        for line in each.text.split("\n"):
            yield Block(line, level)


def _pdf(data: bytes) -> Iterator[Block]:
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise CannotRead("it is protected by a password: save it without one")
        pages = [page.extract_text() for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CannotRead(f"it is no PDF, or damaged ({type(error).__name__})") from error
    if not any(page.strip() for page in pages):
        raise CannotRead("its pages hold no text: a scan has to be recognised (OCR) first")
    return _joined(line for page in pages for line in page.splitlines())


_PAGE_NUMBER = re.compile(r"[—\-–\s]*(?:第\s*)?\d{1,4}(?:\s*页)?[—\-–\s]*")
_BEGINS = re.compile(
    r"第[一二三四五六七八九十百千零〇]+[章节条编]|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.、．]"
)
_ALONE = re.compile(
    r".{0,60}第 ?\d+ ?号|.{0,20}[〔\[]\d{4}[〕\]] ?\d+ ?号|\d{4}年\d{1,2}月\d{1,2}日"
)
_ENDED = tuple("。；：！？」』）)")


def _joined(lines: Iterator[str]) -> Iterator[Block]:
    """Paragraphs out of the lines of pages: a line that is full goes on in the next."""
    kept: list[str] = []
    longest = 0
    for raw in lines:
        line = raw.strip()
        if not line or _PAGE_NUMBER.fullmatch(line):
            continue
        goes_on = kept and len(kept[-1]) >= 0.8 * longest and not kept[-1].endswith(_ENDED)
        if kept and (not goes_on or _BEGINS.match(line) or _ALONE.fullmatch(line)):
            yield Block("".join(kept))
            kept = []
        kept.append(line)
        longest = max(longest, len(line))
    yield Block("".join(kept))


def _plain(data: bytes) -> Iterator[Block]:
    return (Block(line) for line in text_of(data).splitlines())


READERS: Mapping[str, Callable[[bytes], Iterator[Block]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _html,
    ".htm": _html,
    ".docx": _word,
    ".pdf": _pdf,
    ".txt": _plain,
}
"""By the end of a file's name."""
