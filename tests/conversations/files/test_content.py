"""What is taken, by content; refusals first."""

import io

import pytest
from PIL import Image

from conversations.files.content import LONGEST_SIDE, SIZE_LIMIT, admit
from conversations.files.errors import FileTooLarge, FileTypeRefused, FileUnreadable
from tests.conversations.files.samples import (
    PDF,
    archive,
    photo_with_position,
    picture,
    vast_png,
)


class TestRefusals:
    @pytest.mark.parametrize(
        "data",
        [
            b"MZ\x90\x00" + b"\0" * 100,
            b"\x7fELF" + b"\0" * 100,
            b"<html><script>alert(1)</script>",
            b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
            b"#!/bin/sh\nrm -rf /\n",
            b"just text",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,  # old Office, which may hold macros
            archive("a.txt"),
            archive("word/document.xml", "word/vbaProject.bin"),
            archive("xl/workbook.xml", "xl/activeX/activeX1.bin"),
            archive("OFD.xml", "setup.exe"),
            archive("OFD.xml", "page.html"),
        ],
    )
    def test_another_type_whatever_its_name(self, data: bytes) -> None:
        with pytest.raises(FileTypeRefused):
            admit(data)

    def test_too_many_bytes(self) -> None:
        with pytest.raises(FileTooLarge):
            admit(PDF + b"\0" * SIZE_LIMIT)

    @pytest.mark.parametrize("side", [9_000, 60_000])
    def test_too_many_pixels_in_few_bytes(self, side: int) -> None:
        with pytest.raises(FileTooLarge):
            admit(vast_png(side, side))

    @pytest.mark.parametrize(
        "data",
        [b"", picture()[:200], picture("PNG")[:60], b"PK\x03\x04" + b"\0" * 50,
         vast_png(100, 100)],
    )  # fmt: skip
    def test_empty_or_broken(self, data: bytes) -> None:
        with pytest.raises(FileUnreadable):
            admit(data)


class TestDocuments:
    @pytest.mark.parametrize(
        ("data", "extension"),
        [(PDF, "pdf"), (archive("OFD.xml", "Doc_0/Document.xml"), "ofd"),
         (archive("word/document.xml", "customXml/item1.json"), "docx"),
         (archive("xl/workbook.xml"), "xlsx")],
    )  # fmt: skip
    def test_are_kept_as_they_are(self, data: bytes, extension: str) -> None:
        taken = admit(data)
        assert (taken.data, taken.extension, taken.width) == (data, extension, None)


class TestPictures:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
    def test_become_jpeg(self, kind: str) -> None:
        taken = admit(picture(kind))
        assert (taken.type, taken.width, taken.height) == ("image/jpeg", 640, 480)
        assert Image.open(io.BytesIO(taken.data)).format == "JPEG"

    def test_say_nothing_of_place_device_and_author(self) -> None:
        data = photo_with_position()
        assert b"MakerOfPhones" in data and b"a comment" in data
        taken = admit(data)
        kept = Image.open(io.BytesIO(taken.data))
        assert dict(kept.getexif()) == {}
        for word in (b"MakerOfPhones", b"SomeAuthor", b"a comment", b"Exif"):
            assert word not in taken.data

    def test_stand_upright(self) -> None:
        taken = admit(photo_with_position())
        assert (taken.width, taken.height) == (480, 640)
        kept = Image.open(io.BytesIO(taken.data))
        red, blue = kept.getpixel((240, 20)), kept.getpixel((240, 620))
        assert red[0] > 200 > red[2] and blue[2] > 200 > blue[0]

    def test_carry_nothing_behind_them(self) -> None:
        hidden = b"<script>alert(1)</script>"
        assert hidden not in admit(picture() + hidden).data

    @pytest.mark.parametrize("size", [(6000, 4000), (400, 9000)])
    def test_are_made_no_larger_than_a_screen_needs(self, size: tuple[int, int]) -> None:
        taken = admit(picture(size=size))
        assert max(taken.width, taken.height) == LONGEST_SIDE
        assert abs(taken.width / taken.height - size[0] / size[1]) < 0.01

    def test_stand_on_white_where_they_are_transparent(self) -> None:
        out = io.BytesIO()
        Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
        assert Image.open(io.BytesIO(admit(out.getvalue()).data)).getpixel((5, 5)) == (255,) * 3

    def test_in_the_colours_of_print(self) -> None:
        out = io.BytesIO()
        Image.new("CMYK", (10, 10)).save(out, "JPEG")
        assert admit(out.getvalue()).type == "image/jpeg"
