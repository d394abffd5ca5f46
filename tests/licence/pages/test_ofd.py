"""The OFD writer: structure, exact text positions, embedded fonts, and the same bytes for the same input."""

import io

import pytest
import uharfbuzz as hb
import zxingcpp
from lxml import etree
from PIL import Image

from licence.errors import QrMalformed
from licence.formats.metadata import to_pairs
from licence.pages import layout, ofd, symbol
from seal.ofd import reach
from seal.ofd.document import read_document
from seal.ofd.package import open_package
from tests.support.licences import VALUES, business_layout, document, metadata

NS = {"ofd": "http://www.ofdspec.org/2016"}
CODE = "ZZ1:" + "AB12 $%*+-./:" * 28


def written(**values: str) -> dict[str, bytes]:
    page = layout.lay_out(business_layout(), VALUES | values, symbol.png(CODE))
    stated = metadata()
    info = ofd.DocumentInfo("0" * 32, stated.name, stated.issuer_name, stated.issued_on, to_pairs(stated))
    return dict(open_package(ofd.write(page, info), strict=True).members)


def test_equal_input_gives_equal_bytes() -> None:
    assert document() == document()
    assert document(companyType="其他") != document()


def test_ids_are_unique_and_the_highest_is_stated() -> None:
    members = written()
    ids = []
    for path in ("/Doc_0/Document.xml", "/Doc_0/PublicRes.xml", "/Doc_0/DocumentRes.xml", "/Doc_0/Tpls/Tpl_0/Content.xml", "/Doc_0/Pages/Page_0/Content.xml"):  # fmt: skip
        ids += [int(each) for each in etree.fromstring(members[path]).xpath("//@ID")]
    assert len(ids) == len(set(ids))
    highest = etree.fromstring(members["/Doc_0/Document.xml"]).findtext(".//ofd:MaxUnitID", namespaces=NS)
    assert int(str(highest)) == max(ids)


def test_every_member_is_reached_from_the_entry() -> None:
    package = open_package(document(), strict=True)
    reached = reach.reach(package)
    assert set(package.members) - set(reached.shown) == {"/OFD.xml"}
    assert (reached.missing, reached.unreadable, set(reached.remarks)) == ((), (), set())


def test_every_character_has_its_place_and_astral_ones_a_code_of_their_own() -> None:
    content = etree.fromstring(written()["/Doc_0/Pages/Page_0/Content.xml"])
    for text in content.iterfind(".//ofd:TextObject", NS):
        expected = None
        for code in text.iterfind("ofd:TextCode", NS):
            shown = str(code.text)
            steps = [float(step) for step in code.get("DeltaX", "").split()]
            assert len(steps) == len(shown) - 1
            if max(shown) > "\uffff":
                assert len(shown) == 1
            x = float(code.get("X", ""))
            if expected is not None:
                assert x == pytest.approx(expected, abs=0.02)
            size = float(text.get("Size", ""))
            expected = x + sum(steps) + size  # the last characters here are all one em wide
    names = [str(code.text) for code in content.iterfind(".//ofd:TextCode", NS)]
    assert {"𬱖", "𠅤", "㛃䶮"} <= set(names)


def test_positions_follow_the_advances() -> None:
    content = etree.fromstring(written(companyName="A1中𠅤B中")["/Doc_0/Pages/Page_0/Content.xml"])
    line = next(line for line in layout.lay_out(business_layout(), {"companyName": "A1中𠅤B中"}).texts)
    element = next(
        each for each in content.iterfind(".//ofd:TextObject", NS) if "".join(each.itertext()) == "A1中𠅤B中"
    )
    left = float(element.get("Boundary", "").split()[0])
    places: list[float] = []
    for code in element.iterfind("ofd:TextCode", NS):
        x = left + float(code.get("X", ""))
        places.append(x)
        for step in code.get("DeltaX", "").split():
            x += float(step)
            places.append(x)
    x = line.x
    for place, advance in zip(places, line.advances, strict=True):
        assert place == pytest.approx(x, abs=0.01)
        x += advance


def test_a_variation_sequence_is_drawn_as_one_glyph_and_kept_in_the_text() -> None:
    name = "葛\U000e0100明"
    content = etree.fromstring(written(legalRepresentative=name)["/Doc_0/Pages/Page_0/Content.xml"])
    element = next(each for each in content.iterfind(".//ofd:TextObject", NS) if "葛" in "".join(each.itertext()))
    assert "".join(str(code.text) for code in element.iterfind("ofd:TextCode", NS)) == name
    transform = element.find("ofd:CGTransform", NS)
    assert transform is not None
    assert (transform.get("CodeCount"), transform.get("GlyphCount")) == ("2", "1")


def test_embedded_fonts_draw_every_character_of_the_page() -> None:
    members = written()
    fonts = {}
    for resources in ("/Doc_0/PublicRes.xml", "/Doc_0/DocumentRes.xml"):
        for font in etree.fromstring(members[resources]).iterfind(".//ofd:Font", NS):
            file = font.findtext("ofd:FontFile", namespaces=NS)
            fonts[font.get("ID")] = set(hb.Face(members[f"/Doc_0/Res/{file}"]).unicodes)
            assert "+" in font.get("FontName", "")
    for path in ("/Doc_0/Tpls/Tpl_0/Content.xml", "/Doc_0/Pages/Page_0/Content.xml"):
        for text in etree.fromstring(members[path]).iterfind(".//ofd:TextObject", NS):
            assert set(map(ord, "".join(text.itertext()))) <= fonts[text.get("Font")]


def test_the_code_is_black_and_white_with_whole_pixels_and_can_be_scanned() -> None:
    png = symbol.png(CODE)
    image = Image.open(io.BytesIO(png))
    assert image.mode == "1"
    assert image.width == image.height
    assert image.width % symbol.PIXELS == 0
    assert image.getpixel((0, 0)) == 255
    found = zxingcpp.read_barcodes(image.convert("L"))
    assert [each.text for each in found] == [CODE]
    with pytest.raises(QrMalformed):
        symbol.png("A" * 2000)


def test_the_document_describes_itself() -> None:
    package = open_package(document())
    opened = read_document(package)
    assert opened.body.title == "营业执照"
    assert opened.body.doc_id == "0" * 32
    assert dict(opened.body.custom_data) == dict(to_pairs(metadata()))
    assert (opened.area.width, opened.area.height) == (297, 210)
    assert [tag.type_id for tag in opened.tags] == ["LicenceDataIndex"]
