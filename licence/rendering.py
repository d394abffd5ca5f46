"""A licence as an OFD file, before its seal: the values and the signed code on the page of its type."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from certs.sm import sm3
from licence.errors import LicenceTypeMalformed
from licence.formats.metadata import Metadata, to_pairs
from licence.model.filling import print_day
from licence.model.licence_type import LicenceType
from licence.model.type_file import DERIVED
from licence.pages import description, layout, ofd, symbol
from licence.pages.description import Description
from seal.api import At, SealCard


@lru_cache(maxsize=256)
def form(licence_type: LicenceType) -> Description:
    """The page of a type, decoded once.

    Raises:
        LayoutMalformed: it cannot be laid out whatever the data.
        LicenceTypeMalformed: it has no place for the seal, or a box for something no licence has.
        TextOverflows, MissingGlyph: the form's own words do not fit, or cannot be drawn.
    """
    page = description.decode(licence_type.layout)
    known = DERIVED | {item.name for item in licence_type.items}
    strange = sorted({name for name, _ in page.items} - known)
    if strange:
        raise LicenceTypeMalformed(f"layout.item: there is no item {', '.join(strange)}")
    if page.seal is None:
        raise LicenceTypeMalformed("layout.seal: a licence needs a place for its seal")
    layout.prepare(page)
    return page


def shown(licence_type: LicenceType, stated: Metadata) -> Mapping[str, str]:
    """The text of each item that has a box on the page of its type."""
    values = {
        "identifier": stated.identifier.text,
        "number": stated.number,
        "issuerName": stated.issuer_name,
        "issuedOn": print_day(stated.issued_on),
        "effectiveOn": "" if stated.effective_on is None else print_day(stated.effective_on),
        "expiresOn": "长期" if stated.expires_on is None else print_day(stated.expires_on),
        "typeName": stated.type_name,
        "definingBody": stated.defining_body,
        **dict(stated.items),
    }
    return MappingProxyType({name: values[name] for name, _ in form(licence_type).items if values.get(name)})


def document(licence_type: LicenceType, stated: Metadata, code: str) -> bytes:
    """The unsealed file; equal arguments give equal bytes.

    Args:
        licence_type: the version of the type it is issued by.
        stated: all it says.
        code: the text of the signed code, for a layout that has a place for it.

    Raises:
        TextOverflows: a value does not fit its box.
        MissingGlyph: a character cannot be drawn.
    """
    page = form(licence_type)
    picture = None if page.code is None else symbol.png(code)
    info = ofd.DocumentInfo(
        doc_id=sm3.digest(stated.identifier.text.encode()).hex()[:32],
        title=stated.name,
        author=stated.issuer_name,
        created=stated.issued_on,
        metadata=to_pairs(stated),
    )
    return ofd.write(layout.lay_out(page, shown(licence_type, stated), picture), info)


def seal_place(licence_type: LicenceType, seal: SealCard) -> At:
    """Where a seal's picture goes: its middle on the middle of its place."""
    x, y = form(licence_type).seal or (0.0, 0.0)
    return At(1, x - seal.width / 2, y - seal.height / 2)
