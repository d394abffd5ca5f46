"""A licence type (证照类型) as versioned data: its items, who may hold it, how it is numbered, how it looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from licence.formats.identifier import LicenceTypeCode
from licence.model.serial import SerialRule
from trust.values.holder import HolderCodeType


class ItemKind(Enum):
    """What an item's value is."""

    TEXT = "text"
    DATE = "date"  # ordered as 2026-03-01, printed as 2026年03月01日
    CREDIT_CODE = "credit-code"


class HolderPart(Enum):
    """What an item says of the holder."""

    CODE = "code"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the face (照面信息项).

    Attributes:
        name: in metadata, orders and layouts.
        label: what people call it.
        max_length: of a text, in characters.
        holder: whether it names the holder, or is the holder's code.
        personal: whether the value is a person's.
        optional: whether a licence may lack it.
    """

    name: str
    label: str
    kind: ItemKind
    max_length: int
    holder: HolderPart | None = None
    personal: bool = False
    optional: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class LicenceType:
    """One version of a licence type; compared by identity, for each is parsed once.

    Attributes:
        version: 1, 2, 3 …; a published one never changes.
        defining_body: the name of the body whose credit code begins the type's code.
        holder_types: of which kind the holder's code may be.
        single: whether a holder has one valid licence of this type at most.
        number_item: the item that is the number on the face (证照编号).
        layout: the page as data; `licence.pages.description` decodes it.
        digest: SM3 of the file it came in, hex.
    """

    code: LicenceTypeCode
    version: int
    name: str
    defining_body: str
    holder_types: tuple[HolderCodeType, ...]
    single: bool
    number_item: str
    serial: SerialRule
    items: tuple[Item, ...]
    layout: Mapping[str, Any]
    digest: str

    def item(self, name: str) -> Item | None:
        return next((each for each in self.items if each.name == name), None)

    def holder_item(self, part: HolderPart) -> Item:
        """The item that says this of the holder; reading the type has shown that there is one."""
        return next(each for each in self.items if each.holder is part)
