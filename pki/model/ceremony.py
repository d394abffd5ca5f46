"""A key ceremony as its configuration describes it: a root, the authorities below it, and who stamps time.

One TOML file, no questions asked at the keyboard:

    [root]
    subject = { C = "CN", O = "示例省数字证书认证中心", CN = "示例省根 G1" }
    years = 20

    [[authority]]
    name = "seal-ca"
    subject = { C = "CN", O = "示例省数字证书认证中心", CN = "示例省印章认证 G1" }
    years = 8
    profiles = ["seal-maker", "sealer", "person"]
    shards = 4
    purposes = ["seal-making", "seal-signing"]  # as which it is proposed for the region's registry
    basis = "省政府令第1号"

    [[stamper]]
    name = "tsa"
    authority = "service-ca"
    ...
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from certs import name, profile
from certs.errors import CertsError
from certs.name import Name
from pki.errors import CeremonyMalformed
from trust.recognition.registry import Purpose

MAX_BYTES: Final = 64 << 10
MAX_MEMBERS: Final = 32
MAX_SHARDS: Final = 1024
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_ATTRIBUTES: Final = {short: oid for oid, short in name.SHORT_NAMES.items()}
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to propose for the region's registry about a new authority or stamper."""

    purposes: frozenset[Purpose]
    basis: str


@dataclass(frozen=True, slots=True)
class PlannedAuthority:
    """An authority to be made."""

    name: str
    subject: Name
    life: timedelta
    profiles: frozenset[str]
    shards: int
    proposal: Proposal | None = None

    @property
    def key(self) -> str:
        """The name of its key in the ring."""
        return f"pki/{self.name}"


@dataclass(frozen=True, slots=True)
class PlannedStamper:
    """A stamper to be made."""

    name: str
    authority: str
    subject: Name
    life: timedelta
    proposal: Proposal | None = None

    @property
    def key(self) -> str:
        """The name of its key in the ring."""
        return f"pki/{self.name}"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """Everything that one ceremony makes."""

    root: PlannedAuthority
    authorities: tuple[PlannedAuthority, ...]
    stampers: tuple[PlannedStamper, ...]


def parse(text: str) -> Ceremony:
    """Read a ceremony configuration.

    Raises:
        CeremonyMalformed: not TOML, an unknown or missing key, or a value that makes no sense.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise CeremonyMalformed(f"a ceremony of more than {MAX_BYTES} bytes")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise CeremonyMalformed(str(wrong)) from wrong
    top = _Section(table, "the ceremony", {"root", "authority", "stamper"})
    root = _root(top.table("root"))
    authorities = tuple(_authority(one) for one in top.tables("authority"))
    stampers = tuple(_stamper(one) for one in top.tables("stamper"))
    _insist_on_sense(root, authorities, stampers)
    return Ceremony(root, authorities, stampers)


class _Section:
    """One table, whose every key must be known and is asked for by type."""

    def __init__(self, values: object, where: str, known: set[str]) -> None:
        if not isinstance(values, Mapping):
            raise CeremonyMalformed(f"{where} is not a table")
        if unknown := sorted(set(values) - known):
            raise CeremonyMalformed(f"{where}: unknown key {unknown[0]!r}")
        self.values: Mapping[str, Any] = values
        self.where = where

    def table(self, key: str) -> Any:
        if key not in self.values:
            raise CeremonyMalformed(f"{self.where}: missing {key!r}")
        return self.values[key]

    def tables(self, key: str) -> list[Any]:
        found = self.values.get(key, [])
        if not isinstance(found, list) or len(found) > MAX_MEMBERS:
            raise CeremonyMalformed(f"{self.where}: {key!r} is a list of at most {MAX_MEMBERS} tables")
        return found

    def text(self, key: str, default: str | None = None) -> str:
        found = self.values.get(key, default)
        if not isinstance(found, str) or not found:
            raise CeremonyMalformed(f"{self.where}: {key!r} is missing or not text")
        return found

    def texts(self, key: str) -> frozenset[str]:
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise CeremonyMalformed(f"{self.where}: {key!r} is a list of texts")
        return frozenset(found)

    def number(self, key: str, default: int, most: int) -> int:
        found = self.values.get(key, default)
        if type(found) is not int or not 1 <= found <= most:
            raise CeremonyMalformed(f"{self.where}: {key!r} is a whole number from 1 to {most}")
        return found

    def name(self, default: str | None = None) -> str:
        found = self.text("name", default)
        if not _NAME.fullmatch(found):
            raise CeremonyMalformed(f"{self.where}: a name is small letters, digits and hyphens")
        return found

    def subject(self) -> Name:
        pairs = self.table("subject")
        if not isinstance(pairs, Mapping) or not pairs:
            raise CeremonyMalformed(f"{self.where}: 'subject' is a table of attributes")
        for short, value in pairs.items():
            if short not in _ATTRIBUTES or not isinstance(value, str):
                raise CeremonyMalformed(f"{self.where}: {short!r} is not an attribute of a name")
        try:
            return name.build((_ATTRIBUTES[short], value) for short, value in pairs.items())
        except CertsError as wrong:
            raise CeremonyMalformed(f"{self.where}: {wrong}") from wrong

    def proposal(self) -> Proposal | None:
        purposes = self.texts("purposes")
        if not purposes:
            return None
        try:
            return Proposal(frozenset(Purpose(one) for one in purposes), self.text("basis"))
        except ValueError as wrong:
            raise CeremonyMalformed(f"{self.where}: {wrong}") from wrong


def _root(values: object) -> PlannedAuthority:
    section = _Section(values, "root", {"name", "subject", "years"})
    life = section.number("years", 20, 25) * _YEAR
    return PlannedAuthority(section.name("root"), section.subject(), life, frozenset({profile.ISSUING_CA.id}), 1)


def _authority(values: object) -> PlannedAuthority:
    known = {"name", "subject", "years", "profiles", "shards", "purposes", "basis"}
    section = _Section(values, "authority", known)
    profiles = section.texts("profiles")
    for one in profiles:
        shape = profile.PROFILES.get(one)
        if shape is None or shape.authority is not None:
            raise CeremonyMalformed(f"authority: {one!r} is not a profile of certificates below an authority")
    if not profiles:
        raise CeremonyMalformed("authority: 'profiles' is empty")
    return PlannedAuthority(
        name=section.name(),
        subject=section.subject(),
        life=section.number("years", 8, 10) * _YEAR,
        profiles=profiles,
        shards=section.number("shards", 1, MAX_SHARDS),
        proposal=section.proposal(),
    )


def _stamper(values: object) -> PlannedStamper:
    section = _Section(values, "stamper", {"name", "authority", "subject", "years", "purposes", "basis"})
    return PlannedStamper(
        name=section.name(),
        authority=section.text("authority"),
        subject=section.subject(),
        life=section.number("years", 5, 10) * _YEAR,
        proposal=section.proposal(),
    )


def _insist_on_sense(
    root: PlannedAuthority, authorities: tuple[PlannedAuthority, ...], stampers: tuple[PlannedStamper, ...]
) -> None:
    names = [root.name, *(one.name for one in authorities), *(one.name for one in stampers)]
    if len(set(names)) != len(names):
        raise CeremonyMalformed("two members of the ceremony have one name")
    issued = [shape for one in authorities for shape in one.profiles]
    if len(set(issued)) != len(issued):
        raise CeremonyMalformed("two authorities issue certificates of one profile")
    for one in authorities:
        if one.life > root.life:
            raise CeremonyMalformed(f"{one.name} would outlive the root")
    by_name = {one.name: one for one in authorities}
    for stamper in stampers:
        above = by_name.get(stamper.authority)
        if above is None or profile.TIME_STAMP_AUTHORITY.id not in above.profiles:
            raise CeremonyMalformed(f"{stamper.authority!r} issues no certificates of time-stamp authorities")
        if stamper.life > above.life:
            raise CeremonyMalformed(f"{stamper.name} would outlive {above.name}")
