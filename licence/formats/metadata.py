"""The metadata of a licence (元数据), as named texts inside the file and as a checked value."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from typing import Final, TypeVar

from licence.errors import MetadataMalformed
from licence.formats.identifier import LicenceIdentifier
from trust.errors import TrustError
from trust.values.holder import HolderCode
from trust.values.region import Area

T = TypeVar("T")

CHINA: Final = timezone(timedelta(hours=8))  # dates on licences are days in China
LONG_TERM: Final = "长期"
EXTENSION: Final = "extendInfo."  # 扩展业务信息: one for each item of the face
MAX_PAIRS: Final = 1_000
MAX_HOLDERS: Final = 100
_ITEM: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}", re.ASCII)
_COPY_TIME: Final = "%Y%m%d%H%M%S"
_LIMITS: Final = {
    "certificateIdentifier": 128,
    "certificateTypeName": 256,
    "certificateName": 512,
    "certificateNumber": 128,
    "certificateDefineAuthorityName": 256,
    "certificateIssuingAuthorityName": 512,
    "certificateHolderName": 512,
    "certificateHolderCode": 512,
    "certificateCopyCreator": 256,
    "certificateCopyCause": 256,
}
_REPEATED: Final = frozenset({"certificateHolderName", "certificateHolderCode", "certificateHolderType"})


@dataclass(frozen=True, slots=True)
class Holder:
    """One holder (持证主体): the name as printed, and the code of its type."""

    name: str
    code: HolderCode


@dataclass(frozen=True, slots=True)
class CopyNotes:
    """What an annotated copy (加注件) says of itself."""

    created_at: datetime
    creator: str
    cause: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a licence says of itself, apart from its picture.

    Standard:
        GB/T 36903-2018, 电子证照 元数据规范.
    """

    identifier: LicenceIdentifier  # 电子证照标识
    type_name: str  # 证照类型名称
    name: str  # 证照名称
    number: str  # 证照编号, the one on its face
    defining_body: str  # 证照定义机构
    issuer_name: str  # 证照颁发机构
    issued_on: date  # 证照颁发日期
    area: Area  # 证照所属管辖属地编码
    holders: tuple[Holder, ...]
    effective_on: date | None = None  # 有效期起始
    expires_on: date | None = None  # 有效期截止, the last day; None: 长期
    items: tuple[tuple[str, str], ...] = ()  # 扩展业务信息
    copy: CopyNotes | None = None

    @property
    def valid_until(self) -> datetime | None:
        """The first instant after the last day of validity; None without limit, as which 9999-12-31 counts too."""
        if self.expires_on is None or self.expires_on == date.max:
            return None
        after = self.expires_on + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=CHINA).astimezone(UTC)


def to_pairs(metadata: Metadata) -> tuple[tuple[str, str], ...]:
    """The metadata as names and texts, in the order of the standard; holders repeat their three names."""
    identifier = metadata.identifier
    pairs = [
        ("certificateIdentifier", identifier.text),
        ("certificateTypeName", metadata.type_name),
        ("certificateTypeCode", identifier.type.text),
        ("certificateName", metadata.name),
        ("certificateNumber", metadata.number),
        ("certificateVersion", f"{identifier.version:03}"),
        ("certificateDefineAuthorityName", metadata.defining_body),
        ("certificateDefineAuthorityCode", identifier.type.authority.text),
        ("certificateIssuingAuthorityName", metadata.issuer_name),
        ("certificateIssuingAuthorityCode", identifier.issuer.text),
        ("certificateIssuedDate", metadata.issued_on.isoformat()),
    ]
    if metadata.effective_on is not None:
        pairs.append(("certificateEffectiveDate", metadata.effective_on.isoformat()))
    if metadata.expires_on is not None:
        pairs.append(("certificateExpiringDate", metadata.expires_on.isoformat()))
    else:
        pairs.append(("certificateValidityRange", LONG_TERM))
    pairs.append(("certificateAreaCode", metadata.area.code))
    for holder in metadata.holders:
        pairs += [
            ("certificateHolderName", holder.name),
            ("certificateHolderCode", holder.code.reveal()),
            ("certificateHolderType", holder.code.type.code),
        ]
    pairs += [(EXTENSION + name, value) for name, value in metadata.items]
    if metadata.copy is not None:
        pairs += [
            ("certificateCopyCreationTime", _copy_time(metadata.copy.created_at)),
            ("certificateCopyCreator", metadata.copy.creator),
            ("certificateCopyCause", metadata.copy.cause),
            ("certificateCopyExpiringTime", _copy_time(metadata.copy.expires_at)),
        ]
    return tuple(pairs)


def from_pairs(pairs: Iterable[tuple[str, str]]) -> Metadata:
    """The metadata in a file's names and texts; names we do not know are left alone.

    Raises:
        MetadataMalformed: something is missing, stands twice, contradicts the identifier or cannot be what it says.
    """
    fields = _Fields.collect(pairs)
    identifier = LicenceIdentifier.parse(fields.one("certificateIdentifier"))
    derived = {
        "certificateTypeCode": identifier.type.text,
        "certificateVersion": f"{identifier.version:03}",
        "certificateIssuingAuthorityCode": identifier.issuer.text,
    }
    for name, value in derived.items():
        if fields.one(name) != value:
            raise MetadataMalformed(f"{name} is not what the identifier says")
    if fields.one("certificateDefineAuthorityCode", identifier.type.authority.text) != identifier.type.authority.text:
        raise MetadataMalformed("certificateDefineAuthorityCode is not what the identifier says")
    metadata = Metadata(
        identifier=identifier,
        type_name=fields.one("certificateTypeName"),
        name=fields.one("certificateName"),
        number=fields.one("certificateNumber"),
        defining_body=fields.one("certificateDefineAuthorityName", ""),
        issuer_name=fields.one("certificateIssuingAuthorityName"),
        issued_on=_day(fields.one("certificateIssuedDate")),
        area=_checked(Area.parse, fields.one("certificateAreaCode")),
        holders=fields.holders(),
        effective_on=fields.day("certificateEffectiveDate"),
        expires_on=fields.day("certificateExpiringDate"),
        items=fields.items(),
    )
    return replace(metadata, copy=fields.copy_notes())


@dataclass(frozen=True, slots=True)
class _Fields:
    """The pairs by name."""

    values: dict[str, list[str]]

    @classmethod
    def collect(cls, pairs: Iterable[tuple[str, str]]) -> "_Fields":
        values: dict[str, list[str]] = {}
        for count, (name, value) in enumerate(pairs, start=1):
            if count > MAX_PAIRS:
                raise MetadataMalformed(f"more than {MAX_PAIRS} metadata")
            if len(value) > _LIMITS.get(name, 10_000):
                raise MetadataMalformed(f"{name} is too long")
            values.setdefault(name, []).append(value)
        twice = [name for name, found in values.items() if len(found) > 1 and name not in _REPEATED]
        if any(name.startswith(("certificate", EXTENSION)) for name in twice):
            raise MetadataMalformed(f"{', '.join(twice)} stand twice")
        return cls(values)

    def one(self, name: str, default: str | None = None) -> str:
        found = self.values.get(name)
        if found and found[0]:
            return found[0]
        if default is None:
            raise MetadataMalformed(f"{name} is missing")
        return default

    def day(self, name: str) -> date | None:
        text = self.one(name, "")
        return _day(text) if text else None

    def holders(self) -> tuple[Holder, ...]:
        names, codes, types = (self.values.get(name, []) for name in sorted(_REPEATED, key=_holder_order))
        if not (len(names) == len(codes) == len(types)) or not 1 <= len(names) <= MAX_HOLDERS or not all(names):
            raise MetadataMalformed("each holder needs a name, a code and a type of code")
        return tuple(
            Holder(name, _checked(partial(HolderCode.parse, kind), code))
            for name, code, kind in zip(names, codes, types, strict=True)
        )

    def items(self) -> tuple[tuple[str, str], ...]:
        found = []
        for name, values in self.values.items():
            if name.startswith(EXTENSION):
                item = name.removeprefix(EXTENSION)
                if not _ITEM.fullmatch(item):
                    raise MetadataMalformed(f"{name} is no name of an item")
                found.append((item, values[0]))
        return tuple(found)

    def copy_notes(self) -> CopyNotes | None:
        if not any(name.startswith("certificateCopy") for name in self.values):
            return None
        return CopyNotes(
            created_at=_copy_instant(self.one("certificateCopyCreationTime")),
            creator=self.one("certificateCopyCreator"),
            cause=self.one("certificateCopyCause"),
            expires_at=_copy_instant(self.one("certificateCopyExpiringTime")),
        )


def _holder_order(name: str) -> int:
    return ("certificateHolderName", "certificateHolderCode", "certificateHolderType").index(name)


def _checked(parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except TrustError as error:
        raise MetadataMalformed(str(error)) from error


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise MetadataMalformed(f"{text!r} is not a day") from error
    if day.isoformat() != text:
        raise MetadataMalformed(f"{text!r} is not a day like 2026-03-01")
    return day


def _copy_time(at: datetime) -> str:
    return at.astimezone(CHINA).strftime(_COPY_TIME)


def _copy_instant(text: str) -> datetime:
    if len(text) != 14:
        raise MetadataMalformed(f"{text!r} is not 14 digits")
    try:
        return datetime.strptime(text, _COPY_TIME).replace(tzinfo=CHINA).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MetadataMalformed(f"{text!r} is not a time like 20260301120000") from error
