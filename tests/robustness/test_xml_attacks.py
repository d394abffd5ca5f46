"""Hostile XML members: refused before or while they are parsed, never expanded, never fetched."""

import time
from pathlib import Path

import pytest

from seal.ofd import xml
from seal.ofd.errors import XmlRefused

ATTACKS = {
    "a document type": b"<!DOCTYPE a><a/>",
    "a billion laughs": b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>',
    "an external entity": b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>""",
    "a parameter entity": b"""<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x">%x;]><a/>""",
    "an undeclared entity": b"<a>&x;</a>",
    "UTF-16 with its mark": "<a/>".encode("utf-16"),
    "UTF-16 without": "<a/>".encode("utf-16-le"),
    "UTF-16 declared": b"""<?xml version="1.0" encoding="UTF-16"?><a/>""",
    "UTF-7 declared": b"""<?xml version="1.0" encoding="UTF-7"?><a>+ADw-b/+AD4-</a>""",
    "GBK declared": """<?xml version="1.0" encoding="GBK"?><a>证</a>""".encode("gbk"),
    "bytes that are not UTF-8": b"<a>\xff</a>",
    "deep nesting": b"<a>" * 3_000 + b"</a>" * 3_000,
    "too many elements": b"<a>" + b"<b/>" * 300_000 + b"</a>",
    "too many attributes": b"<a " + b" ".join(b'x%d=""' % i for i in range(300_000)) + b"/>",
    "too much": b"<a>" + b" " * (16 << 20) + b"</a>",
    "one attribute twice": b"""<a b="1" b="2"/>""",
    "two roots": b"<a/><b/>",
    "an unbound prefix": b"<x:a/>",
    "nothing": b"",
    "a mark alone": b"\xef\xbb\xbf",
    "a NUL": b"<a>\0</a>",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_hostile_xml_is_refused_quickly(name: str) -> None:
    start = time.process_time()
    with pytest.raises(XmlRefused):
        xml.parse(ATTACKS[name])
    assert time.process_time() - start < 1


def test_an_inclusion_is_not_carried_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    root = xml.parse(f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{secret}"/></a>'.encode())
    assert xml.text(root) == ""


def test_a_byte_order_mark_and_a_missing_declaration_are_tolerated() -> None:
    assert xml.local(xml.parse(b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><a/>")) == "a"
    assert xml.local(xml.parse("<证照/>".encode())) == "证照"


def test_the_namespaces_old_new_and_none_are_ours_and_no_other() -> None:
    for namespace in (xml.NAMESPACE, xml.OLD_NAMESPACE):
        root = xml.parse(f'<a xmlns="{namespace}"><!-- --><b/><c xmlns="urn:other"/></a>'.encode())
        assert [xml.local(one) for one in xml.children(root)] == ["b"]
    assert xml.is_ours(xml.parse(b"<a/>"))
    assert xml.uses_old_namespace(xml.parse(f'<x:a xmlns:x="{xml.OLD_NAMESPACE}"/>'.encode()))


def test_a_comment_inside_a_text_hides_nothing_of_it() -> None:
    root = xml.parse(b"<a> Doc_0/<!-- Doc_9/ -->Document<?x y?>.xml<b>/more</b> </a>")
    assert xml.text(root) == "Doc_0/Document.xml/more"
    assert xml.text(root[2]) == "/more"
    assert xml.text(None) == ""
