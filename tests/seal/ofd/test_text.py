"""Text: what goes in comes out, character for character."""

import pytest

from seal.ofd.document import read_document
from seal.ofd.package import open_package
from seal.ofd.text import document_text, escape, page_text, unescape
from tests.support.ofd import HEAD, NS, document, page
from tests.support.shared import sample

NAMES = "㛃䶮𬱖𠅤𬍛𬭎𫖯𤧛镕喆堃祎玥翀暐"


def content(text: str) -> str:
    package = open_package(document(1, {"/Doc_0/Pages/Page_0/Content.xml": page(text).encode()}))
    return document_text(package, read_document(package))


@pytest.mark.parametrize("text", [NAMES, "a &amp; b &lt; c", "\\0041", "\\0x0041", "\\D842\\DFB7", "  blanks  "])
def test_codes_become_text(text: str) -> None:
    expected = {
        "a &amp; b &lt; c": "a & b < c",
        "\\0041": "A",
        "\\0x0041": "A",
        "\\D842\\DFB7": "𠮷",
    }.get(text, text)
    assert content(text) == expected


@pytest.mark.parametrize("text", [NAMES, "C:\\temp\\2024", "\\0041", "tab\tand\x01more", "\\\\"])
def test_what_is_escaped_is_unescaped_to_the_same_text(text: str) -> None:
    assert unescape(escape(text)) == text


def test_half_a_character_is_replaced() -> None:
    assert unescape("\\D842") == "\ufffd"


def test_templates_lie_under_or_over_the_page() -> None:
    package = open_package(document(2))
    found = read_document(package)
    assert document_text(package, found) == "模板\n第1页\n模板\n第2页"
    over = page("第1页", '<ofd:Template TemplateID="0800" ZOrder="Foreground"/>')
    package = open_package(document(1, {"/Doc_0/Pages/Page_0/Content.xml": over.encode()}))
    assert document_text(package, read_document(package)) == "第1页\n模板"


def test_several_codes_of_one_object_are_one_text_and_blocks_are_descended_into() -> None:
    made = (
        f'{HEAD}<ofd:Page xmlns:ofd="{NS}"><ofd:Content><ofd:Layer><ofd:PageBlock><ofd:PageBlock>'
        '<ofd:TextObject ID="1" Visible="false" Boundary="1 2 3 4"><ofd:TextCode>合</ofd:TextCode>'
        "<ofd:CGTransform/><ofd:TextCode>成</ofd:TextCode></ofd:TextObject></ofd:PageBlock></ofd:PageBlock></ofd:Layer>"
        "</ofd:Content></ofd:Page>"
    )
    package = open_package(document(1, {"/Doc_0/Pages/Page_0/Content.xml": made.encode()}))
    found = read_document(package)
    (run,) = page_text(package, found, found.pages[0])
    assert (run.text, run.visible, str(run.boundary), run.object_id) == ("合成", False, "1 2 3 4", "1")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pageblock", "你好"),
        ("multi-textcode", "哈哈打发"),
        ("gov-document-customtags", "公示"),
        ("alpha-text", ""),
        ("wps-unsigned", ""),
        ("v4signed", "发票"),
    ],
)
def test_real_documents_have_text(name: str, words: str) -> None:
    package = open_package(sample(f"ofd/{name}.ofd"))
    text = document_text(package, read_document(package))
    assert text
    assert words in text


def test_a_missing_or_broken_page_has_no_text() -> None:
    for broken in (None, b"<broken"):
        package = open_package(document(1, {"/Doc_0/Pages/Page_0/Content.xml": broken}))
        assert document_text(package, read_document(package)) == ""
