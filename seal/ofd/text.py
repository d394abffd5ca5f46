"""The text of a document, as the codes say it: object by object, in the order it is painted.

Standard:
    GB/T 33190-2016 clauses 7.7 (layers and templates), 11.2 and 11.3 (text objects, TextCode, escapes).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from seal.ofd import xml
from seal.ofd.document import Document, Page, same_id
from seal.ofd.errors import XmlRefused
from seal.ofd.geometry import Box
from seal.ofd.package import Package
from seal.ofd.xml import Element

_ESCAPE: Final = re.compile(r"\\(?:0x)?([0-9A-Fa-f]{4})")
_UNWRITABLE: Final = re.compile("[\\\\\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class TextRun:
    """The text of one text object."""

    page: int
    object_id: str
    text: str
    boundary: Box | None  # mm, in the space of the block it stands in
    visible: bool


def page_text(package: Package, document: Document, page: Page) -> tuple[TextRun, ...]:
    """Return the text of a page with its templates: background templates, the page, foreground templates.

    A member that is missing or unreadable has no text.
    """
    root = _content(package, page.path)
    if root is None:
        return ()
    under: list[Element] = []
    over: list[Element] = []
    for use in xml.children(root, "Template"):
        for template in document.templates:
            if same_id(template.id, use.get("TemplateID", "")):
                content = _content(package, template.path)
                foreground = use.get("ZOrder", template.z_order) == "Foreground"
                if content is not None:
                    (over if foreground else under).append(content)
    return tuple(run for content in (*under, root, *over) for run in _runs(content, page.number))


def document_text(package: Package, document: Document) -> str:
    """Return all text of a document, one text object a line."""
    return "\n".join(run.text for page in document.pages for run in page_text(package, document, page))


def escape(text: str) -> str:
    r"""Write a text as TextCode holds it: a backslash and what XML cannot hold become `\` and four hex digits."""
    return _UNWRITABLE.sub(lambda found: f"\\{ord(found.group()):04X}", text)


def unescape(text: str) -> str:
    r"""Read the text of a TextCode; `\0x0020`, which one product writes, counts like `\0020`."""
    if "\\" not in text:
        return text
    units = _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)
    # Two escaped halves of a character beyond the basic plane make one character.
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _content(package: Package, path: str | None) -> Element | None:
    data = package.members.get(path or "")
    if data is None:
        return None
    try:
        return xml.parse(data, path or "")
    except XmlRefused:
        return None


def _runs(root: Element, number: int) -> Iterator[TextRun]:
    for element in xml.walk(root):
        if xml.local(element) != "TextObject" or not xml.is_ours(element):
            continue
        codes = ("".join(code.itertext(with_tail=False)) for code in xml.children(element, "TextCode"))
        yield TextRun(
            page=number,
            object_id=element.get("ID", ""),
            text=unescape("".join(codes)),
            boundary=Box.parse(element.get("Boundary", "")),
            visible=element.get("Visible", "true").strip() not in ("false", "0"),
        )
