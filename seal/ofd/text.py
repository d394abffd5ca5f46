"""The text of a document, as the codes say it: object by object, in the order it is painted.

Standard:
    GB/T 33190-2016 clauses 7.7 (layers and templates), 11.2 and 11.3 (text objects, TextCode, escapes).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from seal.ofd import xml
from seal.ofd.document import Document, Page, uses_of
from seal.ofd.errors import DocumentMalformed, XmlRefused
from seal.ofd.geometry import Box
from seal.ofd.package import Package
from seal.ofd.xml import Element

MAX_RUNS: Final = 500_000

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
    return _page_text(package, document, page, {})


def document_text(package: Package, document: Document) -> str:
    """Return all text of a document, one text object a line.

    Raises:
        DocumentMalformed: more text objects than a document has; pages that share a file multiply them.
    """
    read: dict[str, _Content] = {}
    runs = (run for page in document.pages for run in _page_text(package, document, page, read))
    texts = [run.text for run in islice(runs, MAX_RUNS + 1)]
    if len(texts) > MAX_RUNS:
        raise DocumentMalformed(f"more than {MAX_RUNS} text objects")
    return "\n".join(texts)


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


@dataclass(frozen=True, slots=True)
class _Content:
    """The text of one page file, and the templates it uses."""

    runs: tuple[TextRun, ...] = ()
    uses: tuple[tuple[str, str], ...] = ()


def _page_text(package: Package, document: Document, page: Page, read: dict[str, _Content]) -> tuple[TextRun, ...]:
    own = _content(package, page.path, read)
    under: list[TextRun] = []
    over: list[TextRun] = []
    for template, z_order in document.templates_of(own.uses):
        (over if z_order == "Foreground" else under).extend(_content(package, template.path, read).runs)
    return tuple(replace(run, page=page.number) for run in (*under, *own.runs, *over))


def _content(package: Package, path: str | None, read: dict[str, _Content]) -> _Content:
    """Read one file once, however many pages name it."""
    if path is None or path not in package:
        return _Content()
    if path not in read:
        try:
            root = xml.parse(package.members[path], path)
        except XmlRefused:
            read[path] = _Content()
        else:
            read[path] = _Content(tuple(_runs(root)), uses_of(root))
    return read[path]


def _runs(root: Element) -> Iterator[TextRun]:
    for element in xml.walk(root):
        if xml.local(element) != "TextObject" or not xml.is_ours(element):
            continue
        codes = ("".join(code.itertext()) for code in xml.children(element, "TextCode"))
        yield TextRun(
            page=0,
            object_id=element.get("ID", ""),
            text=unescape("".join(codes)),
            boundary=Box.parse(element.get("Boundary", "")),
            visible=element.get("Visible", "true").strip() not in ("false", "0"),
        )
