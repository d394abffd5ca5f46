"""Seal pictures: the size in millimetres, where ink lies and where not, and designs nobody could read."""

import io
import struct

import pytest
from lxml import etree
from PIL import Image

from seal import picture
from seal.picture import SealDesignRefused
from seal.typefaces import MissingGlyph

OFFICE = picture.round_seal("云州省市场监督管理局", 45, purpose="行政审批专用章", number="5301000012345")
FIRM = picture.oval_seal("海晏市云帆信息科技有限公司", number="91530100MA6K00001X", purpose="发票专用章")
PERSON = picture.square_seal("㛃小明")


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGBA")


@pytest.mark.parametrize(("design", "size"), [(OFFICE, (45, 45)), (FIRM, (40, 30)), (PERSON, (20, 20))])
def test_a_picture_has_its_millimetres(design: picture.SealDesign, size: tuple[int, int]) -> None:
    png = picture.png(design)
    image = Image.open(io.BytesIO(png))
    assert image.size == tuple(round(side / 25.4 * 600) for side in size)
    assert image.info["dpi"] == pytest.approx((600, 600), abs=0.01)
    root = etree.fromstring(picture.svg(design))
    assert (root.get("width"), root.get("height")) == (f"{size[0]}mm", f"{size[1]}mm")
    assert root.get("viewBox") == f"0 0 {size[0]} {size[1]}"
    assert b"<text" not in picture.svg(design)


def test_ink_is_red_and_the_ground_is_transparent() -> None:
    image = opened(picture.png(OFFICE))
    assert image.getpixel((0, 0))[3] == 0  # type: ignore[index]
    middle = image.getpixel((531, 540))
    assert middle == (*picture.COLOUR, 255)  # the star
    ring = image.getpixel((531, 12))
    assert ring == (*picture.COLOUR, 255)
    assert image.getpixel((531, 32))[3] == 0  # type: ignore[index]  # between ring and lettering
    levels = {value for value, count in enumerate(image.getchannel("A").histogram()) if count}
    assert len(levels) == 16


def test_ink_touches_all_four_edges() -> None:
    for design in (OFFICE, FIRM, PERSON):
        alpha = opened(picture.png(design)).getchannel("A")
        assert alpha.getbbox() == (0, 0, *alpha.size)


def test_a_round_seal_is_alike_on_both_sides_but_for_its_lettering() -> None:
    image = opened(picture.png(picture.round_seal("一一一", 42))).getchannel("A")
    mirrored = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    differing = sum(abs(a - b) > 128 for a, b in zip(image.tobytes(), mirrored.tobytes(), strict=True))
    assert differing < 0.01 * image.width * image.height


def test_equal_designs_give_equal_bytes() -> None:
    again = picture.round_seal("云州省市场监督管理局", 45, purpose="行政审批专用章", number="5301000012345")
    assert picture.png.__wrapped__(again) == picture.png(OFFICE)
    assert picture.svg.__wrapped__(again) == picture.svg(OFFICE)


def test_a_small_picture_stays_under_a_kilobyte() -> None:
    assert len(picture.png(picture.square_seal("王明", 10), 100)) < 1024
    assert len(picture.png(OFFICE)) < 48 * 1024


def test_the_height_and_width_stand_in_the_png_header() -> None:
    width, height, depth, kind = struct.unpack(">IIBB", picture.png(FIRM)[16:26])
    assert (width, height, depth, kind) == (945, 709, 4, 3)


def test_long_names_are_drawn_smaller_and_stay_inside() -> None:
    design = picture.round_seal("云州省海晏市行政审批服务管理局电子证照专用中心", 42, purpose="电子证照专用章")
    for _, values in picture.draw(design).commands:
        for i in range(0, len(values), 2):
            assert -0.01 <= values[i] <= 42.01
            assert -0.01 <= values[i + 1] <= 42.01


def test_designs_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(SealDesignRefused):
        picture.round_seal("局")
    with pytest.raises(SealDesignRefused):
        picture.round_seal("云" * 41)
    with pytest.raises(SealDesignRefused):
        picture.round_seal("云州省人民政府", 70)
    with pytest.raises(MissingGlyph):
        picture.draw(picture.square_seal("王\U00030000"))
