"""What a reader shows: every member that can be reached from OFD.xml, whatever version or document it belongs to.

The closure errs on the side of more: elements count in any namespace and wherever they stand, because a reader that
is careless about either would follow them, and what someone may see must be signed.

Standard:
    GB/T 33190-2016 clauses 7.4 to 7.9, 15, 16, 17, 19, 20.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from seal.ofd import xml
from seal.ofd.errors import XmlRefused
from seal.ofd.package import ENTRY, Package, find, folder, join
from seal.ofd.xml import Element

MAX_LOCATIONS: Final = 50_000  # followed in one package; what names more is not read to its end

_TEXT: Final = ""
_LEAF: Final = "leaf"

# For each kind of file: element name → (attribute that holds the location, or the text; kind of file it leads to).
_RULES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "entry": {
        "DocRoot": (_TEXT, "document"),
        "Version": ("BaseLoc", "version"),
        "Cover": (_TEXT, _LEAF),
    },
    "version": {
        "DocRoot": (_TEXT, "document"),
        "File": (_TEXT, _LEAF),
    },
    "document": {
        "PublicRes": (_TEXT, "resource"),
        "DocumentRes": (_TEXT, "resource"),
        "TemplatePage": ("BaseLoc", "page"),
        "Page": ("BaseLoc", "page"),
        "Annotations": (_TEXT, "annotations"),
        "CustomTags": (_TEXT, "tags"),
        "Attachments": (_TEXT, "attachments"),
        "Extensions": (_TEXT, "extensions"),
    },
    "page": {"PageRes": (_TEXT, "resource")},
    "resource": {
        "MediaFile": (_TEXT, _LEAF),
        "FontFile": (_TEXT, _LEAF),
        "ColorSpace": ("Profile", _LEAF),
    },
    "annotations": {"FileLoc": (_TEXT, _LEAF)},
    "tags": {"FileLoc": (_TEXT, _LEAF), "SchemaLoc": (_TEXT, _LEAF)},
    "attachments": {"FileLoc": (_TEXT, _LEAF)},
    "extensions": {"ExtendData": (_TEXT, _LEAF)},
}


@dataclass(frozen=True, slots=True)
class Reach:
    """The closure of what a reader loads.

    Attributes:
        shown: members a reader may show, without OFD.xml and the signature lists, in the order met.
        missing: locations that lead nowhere, as written.
        unreadable: shown members that should be XML and cannot be read as such; what they name is unknown.
        remarks: deviation codes of the paths followed.
    """

    shown: tuple[str, ...]
    missing: tuple[str, ...]
    unreadable: tuple[str, ...]
    remarks: frozenset[str]


def reach(package: Package) -> Reach:
    """Compute the closure; a package without a readable OFD.xml shows nothing."""
    shown: dict[str, None] = {}
    missing: dict[str, None] = {}
    unreadable: dict[str, None] = {}
    remarks: set[str] = set()
    queue: deque[tuple[str, str, str]] = deque([(ENTRY, "entry", "")])
    done: set[tuple[str, str]] = set()
    followed = 0
    while queue:
        path, kind, root = queue.popleft()
        if (path, kind) in done:
            continue
        done.add((path, kind))
        if path != ENTRY:
            shown.setdefault(path)
        data = package.members.get(path)
        rules = _RULES.get(kind)
        if data is None or rules is None or not any(name.encode() in data for name in rules):
            continue  # a name that stands nowhere in the bytes stands in no element
        try:
            tree = xml.parse(data, path)
        except XmlRefused:
            unreadable.setdefault(path)
            continue
        if kind == "document":
            root = folder(path)
        bases = _bases(tree, kind, path, root)
        locations = _locations(tree, rules)
        followed += len(locations)
        if followed > MAX_LOCATIONS:
            unreadable.setdefault(path)
            continue
        for location, leads_to in locations:
            found = find(package, location, *bases)
            if found is None:
                missing.setdefault(location)
                continue
            remarks |= found.remarks
            queue.append((found.path, leads_to, root))
    return Reach(tuple(shown), tuple(missing), tuple(unreadable), frozenset(remarks))


def _locations(tree: Element, rules: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """List what a file points to, with the kind of file each location leads to."""
    found = []
    for element in xml.walk(tree):
        rule = rules.get(xml.local(element))
        if rule is None:
            continue
        attribute, leads_to = rule
        location = element.get(attribute, "").strip() if attribute else xml.text(element)
        if location:
            found.append((location, leads_to))
    return found


def _bases(tree: Element, kind: str, path: str, root: str) -> list[str]:
    """List the folders a location may be meant from: the rule's first, then those products write from."""
    here = folder(path)
    bases = [here, root]
    if kind == "resource":
        within = join(here, tree.get("BaseLoc", "").strip().replace("\\", "/"))
        bases.insert(0, here if within is None else within)
    return bases
