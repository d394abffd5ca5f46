"""A licence type's file, read strictly: every key known, every rule kept, else the message names the place."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from certs.sm import sm3
from licence.errors import LicenceError, LicenceTypeMalformed
from licence.formats.identifier import LicenceTypeCode
from licence.model.licence_type import HolderPart, Item, ItemKind, LicenceType
from licence.model.serial import SerialRule
from trust.errors import TrustError
from trust.values.holder import HolderCodeType

MAX_FILE_BYTES: Final = 256 << 10
MAX_ITEMS: Final = 100
MAX_VERSION: Final = 9_999
MAX_TEXT: Final = 5_000
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}", re.ASCII)

# What every licence can print beside the items of its type.
DERIVED: Final = frozenset(
    {"identifier", "number", "issuerName", "issuedOn", "effectiveOn", "expiresOn", "typeName", "definingBody"}
)


@lru_cache(maxsize=256)
def parse(data: bytes) -> LicenceType:
    """The licence type in a file; the same bytes give the same object.

    Raises:
        LicenceTypeMalformed: the message says where.
    Standard:
        The chapters that every per-type standard of the national platform has: type, items, coding rule, appearance.
    """
    if len(data) > MAX_FILE_BYTES:
        raise LicenceTypeMalformed(f"more than {MAX_FILE_BYTES} bytes")
    try:
        root = _Table("", tomllib.loads(data.decode("utf-8")))
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML
        raise LicenceTypeMalformed(f"not TOML: {error}") from error
    items = tuple(_item(each) for each in root.tables("item"))
    coding = root.table("coding")
    found = LicenceType(
        code=_code(root.text("code", 21)),
        version=root.number("version", MAX_VERSION),
        name=root.text("name", 256),
        defining_body=root.text("defining_body", 256),
        holder_types=tuple(_holder_type(each) for each in root.texts("holder_types")),
        single=root.flag("single"),
        number_item=coding.text("number", 64),
        serial=SerialRule.parse(coding.text("serial", 80)),
        items=items,
        layout=root.table("layout").data,
        digest=sm3.digest(data).hex(),
    )
    coding.refuse_others("number", "serial")
    root.refuse_others("code", "version", "name", "defining_body", "holder_types", "single", "coding", "item", "layout")
    _insist_on_sense(found)
    return found


def _item(table: "_Table") -> Item:
    kind = table.choice("kind", ItemKind)
    item = Item(
        name=table.text("name", 64),
        label=table.text("label", 100),
        kind=kind,
        max_length=table.number("max_length", MAX_TEXT) if kind is ItemKind.TEXT else 18,
        holder=table.choice("holder", HolderPart) if "holder" in table.data else None,
        personal=table.flag("personal"),
        optional=table.flag("optional"),
    )
    if not _NAME.fullmatch(item.name) or item.name in DERIVED:
        raise LicenceTypeMalformed(f"{table.where}.name: {item.name!r} is no free name of letters and digits")
    table.refuse_others("name", "label", "kind", "max_length", "holder", "personal", "optional")
    return item


def _insist_on_sense(found: LicenceType) -> None:
    """Insist on what several parts of the file say together."""
    names = [each.name for each in found.items]
    if not 1 <= len(names) <= MAX_ITEMS or len(set(names)) != len(names):
        raise LicenceTypeMalformed(f"item: 1 to {MAX_ITEMS} items, each with a name of its own")
    for part in HolderPart:
        about = [each for each in found.items if each.holder is part]
        if len(about) != 1 or about[0].optional:
            raise LicenceTypeMalformed(f"item: exactly one item, and not an optional one, is the holder's {part.value}")
    number = found.item(found.number_item)
    if number is None or number.optional or number.max_length > 128:
        raise LicenceTypeMalformed("coding.number: names no item that every licence has, of at most 128 characters")
    if not found.holder_types:
        raise LicenceTypeMalformed("holder_types: nobody could hold it")


def _code(text: str) -> LicenceTypeCode:
    try:
        return LicenceTypeCode.parse(text)
    except LicenceError as error:
        raise LicenceTypeMalformed(f"code: {error}") from error


def _holder_type(text: str) -> HolderCodeType:
    try:
        return HolderCodeType.parse(text)
    except TrustError as error:
        raise LicenceTypeMalformed(f"holder_types: {text!r}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Table:
    """Typed access to one table of the file, with a name for messages."""

    where: str
    data: Mapping[str, Any]

    def text(self, name: str, longest: int) -> str:
        value = self.data.get(name)
        if not isinstance(value, str) or not 1 <= len(value) <= longest or value != value.strip():
            raise LicenceTypeMalformed(f"{self._at(name)}: a text of 1 to {longest} characters is needed")
        return value

    def texts(self, name: str) -> list[str]:
        value = self.data.get(name)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise LicenceTypeMalformed(f"{self._at(name)}: a list of texts is needed")
        return value

    def number(self, name: str, most: int) -> int:
        value = self.data.get(name)
        if type(value) is not int or not 1 <= value <= most:
            raise LicenceTypeMalformed(f"{self._at(name)}: a number from 1 to {most} is needed")
        return value

    def flag(self, name: str) -> bool:
        value = self.data.get(name, False)
        if not isinstance(value, bool):
            raise LicenceTypeMalformed(f"{self._at(name)}: true or false is needed")
        return value

    def choice(self, name: str, of: type[Any]) -> Any:
        try:
            return of(self.data.get(name))
        except ValueError as error:
            known = ", ".join(each.value for each in of)
            raise LicenceTypeMalformed(f"{self._at(name)}: one of {known} is needed") from error

    def table(self, name: str) -> "_Table":
        value = self.data.get(name)
        if not isinstance(value, dict):
            raise LicenceTypeMalformed(f"{self._at(name)}: a table is needed")
        return _Table(self._at(name), value)

    def tables(self, name: str) -> list["_Table"]:
        values = self.data.get(name, [])
        if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
            raise LicenceTypeMalformed(f"{self._at(name)}: a list of tables is needed")
        return [_Table(f"{self._at(name)}[{index}]", each) for index, each in enumerate(values)]

    def refuse_others(self, *known: str) -> None:
        unknown = sorted(set(self.data) - set(known))
        if unknown:
            raise LicenceTypeMalformed(f"{self.where or 'file'}: unknown {', '.join(unknown)}")

    def _at(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name
