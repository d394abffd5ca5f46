"""The data index (数据索引) of a licence file: which text objects of the page show which item."""

from collections.abc import Mapping
from typing import Final

from licence.errors import LicenceFileMalformed
from seal.ofd import xml
from seal.ofd.document import Document
from seal.ofd.errors import XmlRefused
from seal.ofd.package import Package
from seal.ofd.text import page_text

TYPE_ID: Final = "LicenceDataIndex"
ROOT: Final = "LicenceDataIndex"
MAX_REFERENCES: Final = 10_000


def read_items(package: Package, document: Document) -> Mapping[str, str]:
    """The text of each item as the page shows it, its lines joined; empty where the file has no index.

    Raises:
        LicenceFileMalformed: an item stands twice, or refers to text that is not there.
    Standard:
        GB/T 36905-2018, data index; GB/T 33190-2016 clause 16, custom tags.
    """
    paths = [tag.path for tag in document.tags if tag.type_id == TYPE_ID and tag.path is not None]
    if not paths:
        return {}
    try:
        root = xml.parse(package.members[paths[0]], paths[0])
    except XmlRefused as error:
        raise LicenceFileMalformed(f"the data index cannot be read: {error}") from error
    texts = {
        (page.id, run.object_id): run.text for page in document.pages for run in page_text(package, document, page)
    }
    items: dict[str, str] = {}
    references = 0
    for element in root.iterchildren("Item"):
        name = element.get("Name", "")
        if name in items or not name:
            raise LicenceFileMalformed(f"the data index names {name!r} twice or not at all")
        parts = []
        for reference in xml.children(element, "ObjectRef"):
            references += 1
            if references > MAX_REFERENCES:
                raise LicenceFileMalformed(f"more than {MAX_REFERENCES} references in the data index")
            key = reference.get("PageRef", ""), xml.text(reference).strip()
            if key not in texts:
                raise LicenceFileMalformed(f"the data index of {name!r} points to text that is not there")
            parts.append(texts[key])
        items[name] = "".join(parts)
    return items
