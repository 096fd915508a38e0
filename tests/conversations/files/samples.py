"""Files as devices send them, made here."""

import io
import struct
import zipfile
import zlib

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **save: object) -> bytes:
    """A picture, red on the left and blue on the right."""
    made = Image.new("RGB", size, "red")
    made.paste("blue", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    made.save(out, kind, **save)
    return out.getvalue()


def photo_with_position() -> bytes:
    """A photo as a phone takes it: held upright, with maker, author and position."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "MakerOfPhones"
    exif[0x013B] = "SomeAuthor"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 26.0)
    return picture(exif=exif, comment=b"a comment")


def archive(*members: str) -> bytes:
    """A container with such members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for each in members:
            made.writestr(each, "x")
    return out.getvalue()


def vast_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be a vast picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")
