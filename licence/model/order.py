"""An order for one licence: what is to be certified, and with whose seal; as a value and as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from licence.errors import LicenceOrderMalformed
from licence.formats.identifier import LicenceTypeCode
from seal.api import SealId
from trust.errors import TrustError
from trust.values.region import Area

MAX_FILE_BYTES: Final = 256 << 10
MAX_BUSINESS_NUMBER: Final = 100
_KEYS: Final = frozenset(
    {"business_number", "seal", "area", "holder_type", "issued_on", "effective_on", "expires_on", "items"}
)


@dataclass(frozen=True, slots=True)
class LicenceOrder:
    """Ask for one licence.

    Attributes:
        business_number: the requester's own number of the matter (业务编号); the same one gives the same licence.
        type: which type of licence, in its newest version.
        seal: the seal to use; the body that owns it issues the licence.
        area: the division the licence belongs to (管辖属地).
        items: the values of the face by the names of the type's items.
        holder_type: of which kind the holder's code is; empty where the type allows one kind alone.
        issued_on: the day on its face; None for the day of sealing.
        expires_on: the last day of validity; None without limit.
    """

    business_number: str
    type: LicenceTypeCode
    seal: SealId
    area: Area
    items: Mapping[str, str] = field(repr=False)
    holder_type: str = ""
    issued_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None

    def spelling(self) -> bytes:
        """Everything that is ordered, in one spelling, for a digest of it."""
        said = {
            "type": self.type.text,
            "seal": self.seal.text,
            "area": self.area.code,
            "holder_type": self.holder_type,
            "days": [str(day) for day in (self.issued_on, self.effective_on, self.expires_on)],
            "items": dict(self.items),
        }
        return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "surrogatepass"
        )


def parse(
    data: bytes, licence_type: LicenceTypeCode, seal: SealId | None = None, business_number: str = ""
) -> LicenceOrder:
    """The order in a JSON file.

    Args:
        data: an object with `seal`, `area`, `items` and, as needed, `business_number`, `holder_type`, `issued_on`,
            `effective_on`, `expires_on`; days are written 2026-03-01.
        licence_type: the type to issue.
        seal: instead of the one in the file.
        business_number: instead of the one in the file; empty in both places stays empty.

    Raises:
        LicenceOrderMalformed: the message names the key, never the value.
    """
    if len(data) > MAX_FILE_BYTES:
        raise LicenceOrderMalformed(f"more than {MAX_FILE_BYTES} bytes")
    try:
        read = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise LicenceOrderMalformed(f"not JSON: {error.msg}, line {error.lineno} column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise LicenceOrderMalformed(f"not JSON: {type(error).__name__}") from error
    if not isinstance(read, dict):
        raise LicenceOrderMalformed("not one JSON object")
    unknown = sorted(set(read) - _KEYS)
    if unknown:
        raise LicenceOrderMalformed(f"unknown {', '.join(unknown)}; there are {', '.join(sorted(_KEYS))}")
    items = read.get("items")
    if not isinstance(items, dict) or not all(isinstance(value, str) for value in items.values()):
        raise LicenceOrderMalformed("items: an object of texts is needed")
    try:
        return LicenceOrder(
            business_number=business_number or _text(read, "business_number"),
            type=licence_type,
            seal=seal or SealId.parse(_text(read, "seal")),
            area=Area.parse(_text(read, "area")),
            items=items,
            holder_type=_text(read, "holder_type"),
            issued_on=_day(read, "issued_on"),
            effective_on=_day(read, "effective_on"),
            expires_on=_day(read, "expires_on"),
        )
    except LicenceOrderMalformed:
        raise
    except TrustError as error:
        raise LicenceOrderMalformed(str(error)) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise LicenceOrderMalformed("a key stands twice")
    return found


def _text(read: Mapping[str, Any], name: str) -> str:
    value = read.get(name, "")
    if not isinstance(value, str):
        raise LicenceOrderMalformed(f"{name}: a text is needed")
    return value


def _day(read: Mapping[str, Any], name: str) -> date | None:
    text = _text(read, name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise LicenceOrderMalformed(f"{name}: a day like 2026-03-01 is needed") from error
    if day.isoformat() != text:
        raise LicenceOrderMalformed(f"{name}: a day like 2026-03-01 is needed")
    return day
