"""The drawing of a code says what it should."""

import re

import zxingcpp
from PIL import Image, ImageDraw

from idp.web import qr_picture

ADDRESS = "https://id.example.gov.cn/idp/qr/confirm?code=" + "x" * 43


def drawn(svg: str) -> Image.Image:
    """The picture, four pixels for each module."""
    found = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert found
    side = int(found[1])
    picture = Image.new("L", (side * 4, side * 4), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        draw.rectangle((int(x) * 4, int(y) * 4, (int(x) + int(length)) * 4 - 1, int(y) * 4 + 3), fill=0)
    return picture


def test_it_can_be_scanned() -> None:
    (found,) = zxingcpp.read_barcodes(drawn(qr_picture.svg(ADDRESS, "code")))
    assert found.text == ADDRESS


def test_it_needs_no_style_and_escapes_its_label() -> None:
    svg = qr_picture.svg(ADDRESS, '<b>"')
    assert "style" not in svg
    assert "&lt;b&gt;&#34;" in svg
