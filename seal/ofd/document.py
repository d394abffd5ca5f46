"""An OFD document: from OFD.xml over the current version to its pages, templates, custom data and tags.

Standard:
    GB/T 33190-2016 clauses 7.4 (OFD.xml), 7.5 (Document.xml), 7.6 and 7.7 (pages, page areas), 16 (custom tags), 19
    (versions).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from seal.ofd import xml
from seal.ofd.errors import DocumentMalformed, XmlRefused
from seal.ofd.geometry import Box
from seal.ofd.package import ENTRY, Found, Package, find, folder
from seal.ofd.xml import Element

MAX_PAGES: Final = 2_000
MAX_TEMPLATES: Final = 2_000
MAX_USES: Final = 16  # templates laid under or over one page
_DEFAULT_BOX: Final = Box(0, 0, 210, 297)


@dataclass(frozen=True, slots=True)
class Body:
    """One DocBody of OFD.xml: a document of the package, by its current version."""

    doc_id: str
    title: str
    root: str  # path of the Document.xml that a reader opens
    custom_data: tuple[tuple[str, str], ...]  # name and text, in order, repeated names kept
    signature_list: str | None  # as written; None when the document names no list
    signature_list_path: str | None  # None when it names none, or one that the package lacks
    remarks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Page:
    """One page in reading order."""

    id: str
    number: int  # from 1
    path: str | None  # None when the package lacks the page's file


@dataclass(frozen=True, slots=True)
class Template:
    """A page others are laid over or under."""

    id: str
    path: str | None
    z_order: str


@dataclass(frozen=True, slots=True)
class CustomTag:
    """A tag file and the kind of tagging it does."""

    type_id: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """What Document.xml says, the pages themselves unread."""

    body: Body
    pages: tuple[Page, ...]
    templates: tuple[Template, ...]
    area: Box
    max_unit_id: int
    tags: tuple[CustomTag, ...]
    remarks: frozenset[str]

    def page(self, page_id: str) -> Page | None:
        """Return the page with this object id; None if there is none, or more than one."""
        found = [page for page in self.pages if same_id(page.id, page_id)]
        return found[0] if len(found) == 1 else None

    def templates_of(self, uses: Iterable[tuple[str, str]]) -> list[tuple[Template, str]]:
        """Return the templates that a page uses, with the Z order of each use."""
        return [
            (template, z_order or template.z_order)
            for template_id, z_order in uses
            for template in self.templates
            if same_id(template.id, template_id)
        ][:MAX_USES]


def read_bodies(package: Package) -> tuple[Body, ...]:
    """Read OFD.xml: one body for each document of the package, the one a reader opens first.

    Raises:
        DocumentMalformed: OFD.xml is missing, is not an OFD entry, or names no document that is there.
    """
    root = _parse(package, ENTRY)
    if xml.local(root) != "OFD" or not xml.is_ours(root):
        raise DocumentMalformed("OFD.xml is not an OFD entry")
    bodies = tuple(_read_body(package, element, root) for element in xml.children(root, "DocBody"))
    if not bodies:
        raise DocumentMalformed("OFD.xml names no document")
    return bodies


def read_document(package: Package, body: Body | None = None) -> Document:
    """Read a document of the package, the first one unless told otherwise.

    Raises:
        DocumentMalformed: OFD.xml or Document.xml is missing or unreadable.
    """
    body = body or read_bodies(package)[0]
    root = _parse(package, body.root)
    if xml.local(root) != "Document" or not xml.is_ours(root):
        raise DocumentMalformed(f"{body.root} is not a document")
    remarks = set(body.remarks)
    if xml.uses_old_namespace(root):
        remarks.add("old-namespace")
    base = folder(body.root)
    common = xml.child(root, "CommonData")
    listing = xml.child(root, "Pages")
    listed = [] if listing is None else xml.children(listing, "Page")
    laid = [] if common is None else xml.children(common, "TemplatePage")
    if len(listed) > MAX_PAGES or len(laid) > MAX_TEMPLATES:
        raise DocumentMalformed(f"{len(listed)} pages and {len(laid)} templates; at most {MAX_PAGES} of each")
    pages = tuple(
        Page(page.get("ID", ""), number, _locate(package, page.get("BaseLoc", ""), base, remarks))
        for number, page in enumerate(listed, 1)
    )
    templates = tuple(
        Template(
            template.get("ID", ""),
            _locate(package, template.get("BaseLoc", ""), base, remarks),
            template.get("ZOrder", "Background"),
        )
        for template in laid
    )
    area = _physical_box(xml.child(common, "PageArea")) or _DEFAULT_BOX
    highest = xml.text(xml.child(common, "MaxUnitID"))
    return Document(
        body=body,
        pages=pages,
        templates=templates,
        area=area,
        max_unit_id=int(highest) if highest.isascii() and highest.isdigit() and len(highest) < 20 else 0,
        tags=_read_tags(package, xml.child(root, "CustomTags"), base, remarks),
        remarks=frozenset(remarks),
    )


def page_box(package: Package, document: Document, page: Page) -> Box:
    """Return the physical box of a page: its own, else its template's, else the document's."""
    own, uses = _area(package, page.path)
    if own is not None:
        return own
    for template, _ in document.templates_of(uses):
        inherited, _ = _area(package, template.path)
        if inherited is not None:
            return inherited
    return document.area


def uses_of(content: Element) -> tuple[tuple[str, str], ...]:
    """Return the ids of the templates a page uses, each with its Z order if the page says one."""
    uses = xml.children(content, "Template")[:MAX_USES]
    return tuple((use.get("TemplateID", ""), use.get("ZOrder", "")) for use in uses)


def same_id(one: str, other: str) -> bool:
    """Compare two object ids, which are numbers however many zeros lead them."""
    return one.strip().lstrip("0") == other.strip().lstrip("0") != ""


def _read_body(package: Package, element: Element, entry: Element) -> Body:
    remarks: set[str] = {"old-namespace"} if xml.uses_old_namespace(entry) else set()
    info = xml.child(element, "DocInfo")
    datas = xml.child(info, "CustomDatas")
    root = _current_root(package, element, remarks)
    named = xml.child(element, "Signatures")
    written = None if named is None else xml.text(named)
    signatures = _note(find(package, written, "", folder(root)), remarks) if written else None
    return Body(
        doc_id=xml.text(xml.child(info, "DocID")),
        title=xml.text(xml.child(info, "Title")),
        root=root,
        custom_data=tuple(
            (data.get("Name", ""), "".join(data.itertext()))
            for data in (() if datas is None else xml.children(datas, "CustomData"))
        ),
        signature_list=written,
        signature_list_path=signatures,
        remarks=frozenset(remarks),
    )


def _current_root(package: Package, body: Element, remarks: set[str]) -> str:
    """Return the path of the Document.xml of the version marked as current, else of DocRoot."""
    written = xml.text(xml.child(body, "DocRoot"))
    root = _note(find(package, written, ""), remarks)
    versions = xml.child(body, "Versions")
    for version in () if versions is None else xml.children(versions, "Version"):
        if version.get("Current", "false").strip() not in ("true", "1"):
            continue
        path = _note(find(package, version.get("BaseLoc", ""), ""), remarks)
        if path is None:
            raise DocumentMalformed("the current version is not in the package")
        chosen = xml.text(xml.child(_parse(package, path), "DocRoot"))
        root = _note(find(package, chosen, folder(path)), remarks)
        written = chosen
    if root is None:
        raise DocumentMalformed(f"the package lacks its document root {written!r}")
    return root


def _read_tags(package: Package, element: Element | None, base: str, remarks: set[str]) -> tuple[CustomTag, ...]:
    path = _locate(package, xml.text(element), base, remarks)
    if path is None:
        return ()
    try:
        root = xml.parse(package.members[path], path)
    except XmlRefused:
        return ()
    tags = []
    for tag in xml.children(root, "CustomTag"):
        location = xml.text(xml.child(tag, "FileLoc"))
        found = _note(find(package, location, folder(path), base), remarks)
        tags.append(CustomTag(tag.get("TypeID") or tag.get("NameSpace") or "", found))
    return tuple(tags)


def _area(package: Package, path: str | None) -> tuple[Box | None, tuple[tuple[str, str], ...]]:
    """Return a page file's own box and the templates it uses; an unreadable file says nothing."""
    data = package.members.get(path or "")
    if path is None or data is None or (b"PhysicalBox" not in data and b"Template" not in data):
        return None, ()
    if path not in package.areas:
        try:
            content = xml.parse(data, path)
        except XmlRefused:
            package.areas[path] = None, ()
        else:
            package.areas[path] = _physical_box(xml.child(content, "Area")), uses_of(content)
    return package.areas[path]


def _physical_box(area: Element | None) -> Box | None:
    box = Box.parse(xml.text(xml.child(area, "PhysicalBox")))
    return box if box is not None and box.has_area else None


def _locate(package: Package, location: str, base: str, remarks: set[str]) -> str | None:
    return _note(find(package, location, base), remarks)


def _note(found: Found | None, remarks: set[str]) -> str | None:
    if found is None:
        return None
    remarks |= found.remarks
    return found.path


def _parse(package: Package, path: str) -> Element:
    data = package.members.get(path)
    if data is None:
        raise DocumentMalformed(f"the package lacks {path}")
    try:
        return xml.parse(data, path)
    except XmlRefused as wrong:
        raise DocumentMalformed(str(wrong)) from wrong
