"""Registries and entries in JSON, in one spelling and under every rule of `docs/recognition.md`."""

import base64
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from trust.recognition import fields, jwk, strict_json
from trust.recognition.errors import RegistryMalformed
from trust.recognition.registry import (
    PURPOSES,
    Entitlement,
    Entry,
    EntryType,
    Purpose,
    Registry,
    Standing,
    Status,
)
from trust.values.region import Area

MAX_ENTRIES: Final = 50_000
MAX_STANDINGS: Final = 1_000
MAX_ENTITLEMENTS: Final = 10_000  # of one entry
MAX_VERSION: Final = 10**9

_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_LICENCE_TYPE = re.compile(r"[0-9A-Z]{18}[0-9]{3}")
_REGISTRY = frozenset({"entries", "issued_at", "next_update", "previous", "region", "version"})
_ENTRY = frozenset({"basis", "entitlements", "from", "history", "id", "name", "purposes", "status", "type"})
_ENTRY_OPTIONAL = frozenset({"body", "certificate", "jwk"})
_STANDING = frozenset({"from", "status"})
_ENTITLEMENT = frozenset({"area", "from", "type"})
_ENTITLEMENT_OPTIONAL = frozenset({"to"})


# --- values to JSON -------------------------------------------------------------------------------------------------


def encode(registry: Registry) -> bytes:
    """The payload: the one spelling of a registry.

    Raises:
        RegistryMalformed: the value breaks a rule of the format, so nobody could read it.
    """
    payload = strict_json.encode(
        {
            "entries": [_entry_to_json(entry) for entry in registry.entries],
            "issued_at": fields.instant_to_json(registry.issued_at),
            "next_update": fields.instant_to_json(registry.next_update),
            "previous": registry.previous.hex() if registry.previous is not None else None,
            "region": registry.region.code,
            "version": registry.version,
        }
    )
    decode(payload)
    return payload


def entry_to_json(entry: Entry) -> bytes:
    """One entry alone, as drafts keep it.

    Raises:
        RegistryMalformed: the value breaks a rule of the format.
    """
    data = strict_json.encode(_entry_to_json(entry))
    entry_from_json(data)
    return data


def _entry_to_json(entry: Entry) -> dict[str, Any]:
    present = entry.standings[-1]
    members: dict[str, Any] = {
        "basis": entry.basis,
        "entitlements": [_entitlement_to_json(each) for each in entry.entitlements],
        "from": fields.instant_to_json(present.since),
        "history": [
            {"from": fields.instant_to_json(each.since), "status": each.status.value} for each in entry.history
        ],
        "id": entry.id,
        "name": entry.name,
        "purposes": sorted(each.value for each in entry.purposes),
        "status": present.status.value,
        "type": entry.type.value,
    }
    if entry.body is not None:
        members["body"] = entry.body.text
    if entry.certificate is not None:
        members["certificate"] = base64.b64encode(entry.certificate).decode("ascii")
    if entry.jwk is not None:
        members["jwk"] = jwk.to_json(entry.jwk)
    return members


def _entitlement_to_json(entitlement: Entitlement) -> dict[str, Any]:
    members: dict[str, Any] = {
        "area": entitlement.area.code,
        "from": fields.instant_to_json(entitlement.start),
        "type": entitlement.licence_type,
    }
    if entitlement.end is not None:
        members["to"] = fields.instant_to_json(entitlement.end)
    return members


# --- JSON to values -------------------------------------------------------------------------------------------------


def decode(payload: bytes) -> Registry:
    """The registry that a payload spells.

    Raises:
        RegistryTooLarge: more entries, standings or entitlements than we are willing to keep.
        RegistryMalformed: any rule of the format is broken, or the bytes are not the one spelling.
    """
    members = fields.members(_json(payload), _REGISTRY)
    version = members["version"]
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version <= MAX_VERSION:
        raise RegistryMalformed("a version is a whole number from 1")
    previous = members["previous"]
    if (previous is None) is not (version == 1):
        raise RegistryMalformed("the first version, and only that, has no previous one")
    region = fields.area(members["region"])
    issued_at, next_update = fields.instant(members["issued_at"]), fields.instant(members["next_update"])
    if next_update <= issued_at:
        raise RegistryMalformed("the next update is not after the issue")
    entries = tuple(_entry(each, region) for each in fields.items(members["entries"], MAX_ENTRIES))
    fields.ascending([entry.id for entry in entries], "entries")
    return Registry(
        region, version, issued_at, next_update, None if previous is None else fields.digest(previous), entries
    )


def entry_from_json(data: bytes) -> Entry:
    """One entry alone, as drafts keep it.

    Raises:
        RegistryMalformed, RegistryTooLarge: as for a registry; the area is checked when it is published.
    """
    return _entry(_json(data), None)


def _json(data: bytes) -> Any:
    try:
        return strict_json.decode(data)
    except strict_json.NotStrict as exc:
        raise RegistryMalformed(str(exc)) from exc


def _entry(value: Any, region: Area | None) -> Entry:
    members = fields.members(value, _ENTRY, _ENTRY_OPTIONAL)
    kind = fields.one_of(EntryType, members["type"])
    purposes = [fields.one_of(Purpose, each) for each in fields.items(members["purposes"], len(Purpose))]
    fields.ascending([each.value for each in purposes], "purposes")
    if not purposes or not PURPOSES[kind].issuperset(purposes):
        raise RegistryMalformed(f"purposes that {kind.value} cannot serve")
    entitlements = tuple(_entitlement(each, region) for each in fields.items(members["entitlements"], MAX_ENTITLEMENTS))
    _without_overlap(entitlements)
    entry = Entry(
        id=fields.text(members["id"], _ID),
        type=kind,
        name=fields.words(members["name"]),
        standings=_standings(members),
        purposes=frozenset(purposes),
        basis=fields.words(members["basis"]),
        body=fields.body(members["body"]) if "body" in members else None,
        certificate=fields.certificate(members["certificate"], parse=kind is not EntryType.LICENCE_ISSUER)
        if "certificate" in members
        else None,
        jwk=fields.bare_key(members["jwk"]) if "jwk" in members else None,
        entitlements=entitlements,
    )
    _check_parts(entry)
    return entry


def _check_parts(entry: Entry) -> None:
    """What each type must and must not have."""
    if entry.certificate is not None and entry.jwk is not None:
        raise RegistryMalformed("a certificate or a bare key, not both")
    if entry.type is EntryType.LICENCE_ISSUER:
        if entry.body is None:
            raise RegistryMalformed("an issuer of licences has a body")
        return
    if entry.entitlements:
        raise RegistryMalformed("only an issuer of licences has entitlements")
    if entry.type is EntryType.SEAL_SYSTEM:
        if entry.certificate is None and entry.jwk is None:
            raise RegistryMalformed("a seal system has a certificate or a bare key")
    elif entry.certificate is None:
        raise RegistryMalformed(f"{entry.type.value} has a certificate")


def _standings(members: Mapping[str, Any]) -> tuple[Standing, ...]:
    past = [fields.members(each, _STANDING) for each in fields.items(members["history"], MAX_STANDINGS)]
    standings = tuple(
        Standing(fields.one_of(Status, each["status"]), fields.instant(each["from"])) for each in (*past, members)
    )
    if any(later.since <= earlier.since for earlier, later in pairwise(standings)):
        raise RegistryMalformed("standings out of order")
    return standings


def _entitlement(value: Any, region: Area | None) -> Entitlement:
    members = fields.members(value, _ENTITLEMENT, _ENTITLEMENT_OPTIONAL)
    area, start = fields.area(members["area"]), fields.instant(members["from"])
    end = fields.instant(members["to"]) if "to" in members else None
    if end is not None and end <= start:
        raise RegistryMalformed("an entitlement ends after it begins")
    if region is not None and not region.covers(area):
        raise RegistryMalformed("a region cannot entitle anybody for an area outside it")
    return Entitlement(fields.text(members["type"], _LICENCE_TYPE), area, start, end)


def _without_overlap(entitlements: tuple[Entitlement, ...]) -> None:
    """In order of type, area and begin, and of one type and area never two at a time."""
    fields.ascending([(each.licence_type, each.area.code, each.start) for each in entitlements], "entitlements")
    for earlier, later in pairwise(entitlements):
        same = (earlier.licence_type, earlier.area) == (later.licence_type, later.area)
        if same and (earlier.end is None or later.start < earlier.end):
            raise RegistryMalformed("two entitlements for one type and area overlap")
