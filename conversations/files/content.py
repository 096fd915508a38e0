"""What a file is by its content; pictures are drawn anew, so that nothing but the picture is kept.

The name and the type that a browser sends say nothing. Drawing anew drops position, device and
author (EXIF, XMP, comments), what hangs behind the picture, and more than a screen can show.
"""

import io
import warnings
import zipfile
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from conversations.files.errors import FileTooLarge, FileTypeRefused, FileUnreadable

SIZE_LIMIT = 10 * 1024 * 1024
"""Bytes of a file as it comes."""
PIXEL_LIMIT = 64_000_000
"""Of a picture as it comes; phones of today make up to 50 million."""
LONGEST_SIDE = 2560
"""Pixels of a picture as it is kept: a page of an A4 form stays legible."""
QUALITY = 86
MEMBERS_LIMIT = 5_000
"""Files inside a document; more is no office document."""

_PICTURES = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
_PDF = b"%PDF-"
_ZIP = b"PK\x03\x04"
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OFFICE = {
    "word/document.xml": (f"{_OPEN_XML}.wordprocessingml.document", "docx"),
    "xl/workbook.xml": (f"{_OPEN_XML}.spreadsheetml.sheet", "xlsx"),
    "OFD.xml": ("application/ofd", "ofd"),
}
"""Containers by the part that each must have; OFD is the national layout format (GB/T 33190)."""
_PROGRAMS = ("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".html", ".htm")
_CONTROLS = "activex/"

_PICTURE_TYPE, _PDF_TYPE = "image/jpeg", "application/pdf"
KEPT_TYPES = (_PICTURE_TYPE, _PDF_TYPE, *(kind for kind, _ in _OFFICE.values()))
"""Media types of what is kept and given back."""

TAKEN = "JPEG, PNG, WebP, BMP or GIF pictures, PDF, OFD, Word (docx) and Excel (xlsx)"


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it will be kept.

    Attributes:
        type: media type.
        extension: that belongs to the type, without a dot.
        width: pixels of a picture, else None; `height` likewise.
    """

    data: bytes
    type: str
    extension: str
    width: int | None = None
    height: int | None = None


def admit(data: bytes) -> Content:
    """Return what is kept of a file.

    Slow for a large photo (about 0.3 s): call it in a thread.

    Raises:
        FileTooLarge: over `SIZE_LIMIT` bytes or `PIXEL_LIMIT` pixels.
        FileTypeRefused: none of the types taken, or a document that carries a program.
        FileUnreadable: empty, broken or protected by a password.
    """
    if not data:
        raise FileUnreadable("the file is empty: choose another one")
    if len(data) > SIZE_LIMIT:
        raise FileTooLarge(f"send at most {SIZE_LIMIT // 1024 // 1024} MB in one file")
    if data.startswith(_PDF):
        return Content(data, _PDF_TYPE, "pdf")
    if data.startswith(_ZIP):
        return _container(data)
    return _picture(data)


def _container(data: bytes) -> Content:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [each.filename for each in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise FileUnreadable("the document is broken: save it again and send that") from error
    kind = next((_OFFICE[part] for part in _OFFICE if part in members), None)
    if kind is None or len(members) > MEMBERS_LIMIT:
        raise FileTypeRefused(f"archives are not taken: send {TAKEN}")
    names = [each.lower() for each in members]
    if any(each.endswith(_PROGRAMS) or _CONTROLS in each for each in names):
        raise FileTypeRefused("documents with macros or programs inside are not taken")
    return Content(data, *kind)


def _picture(data: bytes) -> Content:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit is ours
        try:
            with Image.open(io.BytesIO(data), formats=_PICTURES) as picture:
                if picture.width * picture.height > PIXEL_LIMIT:
                    raise FileTooLarge("the picture has too many pixels: send a smaller one")
                return _drawn_anew(picture)
        except UnidentifiedImageError as error:
            raise FileTypeRefused(f"this type of file is not taken: send {TAKEN}") from error
        except Image.DecompressionBombError as error:
            raise FileTooLarge("the picture has too many pixels: send a smaller one") from error
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            raise FileUnreadable("the picture is broken: take or save it again") from error


def _drawn_anew(picture: Image.Image) -> Content:
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded small at once
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    clean = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        clean.paste(seen, mask=seen.getchannel("A"))
    else:
        clean.paste(upright.convert("RGB"))
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Content(out.getvalue(), _PICTURE_TYPE, "jpg", *clean.size)
