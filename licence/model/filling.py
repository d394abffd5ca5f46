"""An order held against its licence type: every item checked and printed as its kind asks, or a named refusal."""

from dataclasses import dataclass, field
from datetime import date

from licence.errors import LicenceOrderMalformed
from licence.formats.metadata import Holder
from licence.model.licence_type import HolderPart, Item, ItemKind, LicenceType
from licence.model.order import MAX_BUSINESS_NUMBER, LicenceOrder
from trust.errors import TrustError
from trust.values.credit_code import CreditCode
from trust.values.holder import HolderCode, HolderCodeType


@dataclass(frozen=True, slots=True)
class Filled:
    """What the face of the licence says, checked.

    Attributes:
        number: on the face (证照编号).
        items: name and printed text, in the order of the type.
        issued_on: the day on the face.
    """

    number: str = field(repr=False)
    holder: Holder = field(repr=False)
    items: tuple[tuple[str, str], ...] = field(repr=False)
    issued_on: date
    effective_on: date | None
    expires_on: date | None


def fill(licence_type: LicenceType, order: LicenceOrder, today: date) -> Filled:
    """Check an order against its type.

    Args:
        licence_type: the version of the type to issue.
        order: what is asked for.
        today: the day in China.

    Raises:
        LicenceOrderMalformed: the message names the order and the item, never the value.
    """
    where = f"order {order.business_number[:MAX_BUSINESS_NUMBER]!r}"
    if not 1 <= len(order.business_number) <= MAX_BUSINESS_NUMBER or not _is_printable(order.business_number):
        raise LicenceOrderMalformed(f"a business number has 1 to {MAX_BUSINESS_NUMBER} characters")
    unknown = sorted(set(order.items) - {item.name for item in licence_type.items})
    if unknown:
        raise LicenceOrderMalformed(f"{where}: {licence_type.name} has no item {', '.join(unknown)[:200]}")
    printed: dict[str, str] = {}
    for item in licence_type.items:
        value = order.items.get(item.name, "")
        if value:
            printed[item.name] = _printed(item, value, where)
        elif not item.optional:
            raise LicenceOrderMalformed(f"{where}: {item.name} ({item.label}) is missing")
    issued_on = order.issued_on or today
    if order.expires_on is not None and order.expires_on < max(issued_on, order.effective_on or issued_on):
        raise LicenceOrderMalformed(f"{where}: it would expire before it begins")
    return Filled(
        number=printed[licence_type.number_item],
        holder=_holder(licence_type, order, printed, where),
        items=tuple(printed.items()),
        issued_on=issued_on,
        effective_on=order.effective_on,
        expires_on=order.expires_on,
    )


def print_day(day: date) -> str:
    """A day as licences print it."""
    return f"{day.year}年{day.month:02}月{day.day:02}日"


def _printed(item: Item, value: str, where: str) -> str:
    if value != value.strip() or not _is_printable(value):
        raise LicenceOrderMalformed(f"{where}: {item.name} holds line breaks, controls, or blanks at an end")
    match item.kind:
        case ItemKind.TEXT:
            if len(value) > item.max_length:
                raise LicenceOrderMalformed(f"{where}: {item.name} has more than {item.max_length} characters")
            return value
        case ItemKind.DATE:
            try:
                day = date.fromisoformat(value)
            except ValueError:
                day = None
            if day is None or day.isoformat() != value:
                raise LicenceOrderMalformed(f"{where}: {item.name} is no day like 2026-03-01")
            return print_day(day)
        case ItemKind.CREDIT_CODE:
            try:
                return CreditCode.parse(value).text
            except TrustError as error:
                raise LicenceOrderMalformed(f"{where}: {item.name}: {error}") from error


def _holder(licence_type: LicenceType, order: LicenceOrder, printed: dict[str, str], where: str) -> Holder:
    allowed = {each.code: each for each in licence_type.holder_types}
    kind: HolderCodeType | None = allowed.get(order.holder_type)
    if not order.holder_type and len(allowed) == 1:
        (kind,) = allowed.values()
    if kind is None:
        raise LicenceOrderMalformed(f"{where}: holder_type is one of {', '.join(allowed)}")
    code = printed[licence_type.holder_item(HolderPart.CODE).name]
    try:
        parsed = HolderCode.parse(kind.code, code)
    except TrustError as error:
        raise LicenceOrderMalformed(f"{where}: the holder's code: {error}") from error
    return Holder(printed[licence_type.holder_item(HolderPart.NAME).name], parsed)


def _is_printable(text: str) -> bool:
    """Whether a line can show every character and XML can carry it."""
    return not any(
        sign < " "
        or "\x7f" <= sign <= "\x9f"
        or sign in "\u2028\u2029"
        or "\ud800" <= sign <= "\udfff"
        or "\ufdd0" <= sign <= "\ufdef"
        or ord(sign) & 0xFFFE == 0xFFFE
        for sign in text
    )
