"""Parse the XML of a package: plain UTF-8 without a document type, within limits, in the old namespace or the new.

Standard:
    GB/T 33190-2016 clause 7.1 (namespace http://www.ofdspec.org/2016, UTF-8); drafts used http://www.ofdspec.org.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from seal.ofd.errors import XmlRefused

Element = etree._Element  # noqa: SLF001 - lxml has no other name for the type

NAMESPACE: Final = "http://www.ofdspec.org/2016"
OLD_NAMESPACE: Final = "http://www.ofdspec.org"
MAX_XML_BYTES: Final = 16 << 20
MAX_MARKS: Final = 200_000  # tags and attributes together; each costs memory however short it is

_BOM: Final = b"\xef\xbb\xbf"
_DECLARED: Final = re.compile(rb"""\A<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_ENCODINGS: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})


def parse(data: bytes, name: str = "the member") -> Element:
    """Parse one XML member.

    Raises:
        XmlRefused: a document type, another encoding than UTF-8, too much of anything, or not well-formed.
    """
    body = data.removeprefix(_BOM)
    _check_bytes(body, name)
    # A new parser for each document: a parser keeps every name it has seen. Depth is libxml2's own limit.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise XmlRefused(f"{name}: not well-formed: {wrong}") from wrong
    if root.getroottree().docinfo.doctype:
        raise XmlRefused(f"{name}: a document type")
    return root


def is_ours(element: Element) -> bool:
    """Tell whether an element belongs to OFD, by the new namespace, the old one, or none."""
    tag = element.tag
    if not isinstance(tag, str):
        return False  # a comment or processing instruction
    namespace, _, _ = tag.rpartition("}")
    return namespace in ("{" + NAMESPACE, "{" + OLD_NAMESPACE, "")


def local(element: Element) -> str:
    """Return an element's name without its namespace; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element, *names: str) -> list[Element]:
    """Return the OFD children of these names, in order (no name: all)."""
    return [child for child in element if is_ours(child) and (not names or local(child) in names)]


def child(element: Element | None, name: str) -> Element | None:
    """Return the first OFD child of this name."""
    return None if element is None else next(iter(children(element, name)), None)


def text(element: Element | None) -> str:
    """Return the text of an element, blanks around it left out; empty if there is no element."""
    return "" if element is None else "".join(element.itertext()).strip()


def walk(element: Element) -> Iterator[Element]:
    """Iterate over an element and all below it, whatever their namespace, in document order."""
    return element.iter(etree.Element)


def uses_old_namespace(root: Element) -> bool:
    """Tell whether a root element is written in the namespace of the drafts."""
    return str(root.tag).startswith("{" + OLD_NAMESPACE + "}")


def _check_bytes(body: bytes, name: str) -> None:
    if len(body) > MAX_XML_BYTES:
        raise XmlRefused(f"{name}: {len(body)} bytes of XML; at most {MAX_XML_BYTES}")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise XmlRefused(f"{name}: a document type")
    declared = _DECLARED.match(body)
    if declared is not None and declared.group(1).lower() not in _ENCODINGS:
        raise XmlRefused(f"{name}: declared as {declared.group(1)!r}, not UTF-8")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise XmlRefused(f"{name}: not UTF-8") from wrong
    if b"\0" in body:
        raise XmlRefused(f"{name}: not text")
    if body.count(b"<") + body.count(b"=") > MAX_MARKS:
        raise XmlRefused(f"{name}: more than {MAX_MARKS} tags and attributes")
