"""Registries in JSON: one spelling, and every rule has a text that breaks it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.support.registries import (
    AT,
    BEGIN,
    BODY,
    Region,
    authority,
    entitlement,
    issuer,
    listed_certificate,
    software_signer,
)
from trust.errors import TrustError
from trust.recognition import registry_json, strict_json
from trust.recognition.errors import RegistryMalformed, RegistryTooLarge
from trust.recognition.registry import Entry, EntryType, Purpose, Standing, Status

GUANGDONG = Region("440000")
CA = listed_certificate("示例印章CA")


def _full() -> bytes:
    maker = Entry(
        "maker.1",
        EntryType.SEAL_MAKER,
        "制章者",
        (Standing(Status.GRANTED, BEGIN), Standing(Status.SUSPENDED, AT)),
        frozenset({Purpose.SEAL_MAKING}),
        "示例〔2026〕3号",
        certificate=listed_certificate("制章者").der,
    )
    system = Entry(
        "system.1",
        EntryType.SEAL_SYSTEM,
        "用章系统",
        (Standing(Status.GRANTED, BEGIN),),
        frozenset({Purpose.SEAL_OPERATION}),
        "示例〔2026〕4号",
        jwk=software_signer().public_key,
    )
    entries = [
        authority("seal", CA, Purpose.SEAL_SIGNING),
        maker,
        system,
        issuer(entitlement("440000", BEGIN, AT), entitlement("440000", AT), entitlement("440300")),
    ]
    return registry_json.encode(GUANGDONG.registry(entries))


FULL = _full()


def test_a_registry_comes_back_and_has_one_spelling() -> None:
    registry = registry_json.decode(FULL)
    assert registry_json.encode(registry) == FULL
    assert [entry.type for entry in registry.entries] == [
        EntryType.CA,
        EntryType.LICENCE_ISSUER,
        EntryType.SEAL_MAKER,
        EntryType.SEAL_SYSTEM,
    ]
    assert registry.entries[0].certificate == CA.der
    assert registry.entries[1].body == BODY
    assert registry.entries[2].standing_at(AT) == Standing(Status.SUSPENDED, AT)
    assert registry.entries[2].granted_at(AT - timedelta(seconds=1))
    assert registry.entries[2].standing_at(BEGIN - timedelta(seconds=1)) is None


def test_one_entry_alone_comes_back() -> None:
    entry = issuer(entitlement())
    assert registry_json.entry_from_json(registry_json.entry_to_json(entry)) == entry


Change = Callable[[dict[str, Any]], object]


def _entry(index: int, **members: Any) -> Change:
    return lambda registry: registry["entries"][index].update(members)


def _without(index: int, name: str) -> Change:
    return lambda registry: registry["entries"][index].pop(name)


def _entitle(**members: Any) -> Change:
    return lambda registry: registry["entries"][1]["entitlements"][2].update(members)


BROKEN: list[tuple[str, Change]] = [
    ("a member too many", lambda registry: registry.update(note="x")),
    ("a member too few", lambda registry: registry.pop("region")),
    ("no region", lambda registry: registry.update(region="44")),
    ("version 0", lambda registry: registry.update(version=0)),
    ("version true", lambda registry: registry.update(version=True)),
    ("version as text", lambda registry: registry.update(version="1")),
    ("version 2 without a previous one", lambda registry: registry.update(version=2)),
    ("version 1 with a previous one", lambda registry: registry.update(previous="00" * 32)),
    ("a previous one in capitals", lambda registry: registry.update(version=2, previous="AB" * 32)),
    ("no time zone", lambda registry: registry.update(issued_at="2026-03-01T08:00:00")),
    ("no such day", lambda registry: registry.update(issued_at="2026-02-30T08:00:00Z")),
    ("parts of a second", lambda registry: registry.update(issued_at="2026-03-01T08:00:00.5Z")),
    ("next update at the issue", lambda registry: registry.update(next_update=registry["issued_at"])),
    ("entries as an object", lambda registry: registry.update(entries={})),
    ("an entry that is no object", lambda registry: registry["entries"].append(1)),
    ("entries out of order", lambda registry: registry["entries"].reverse()),
    ("one entry twice", lambda registry: registry["entries"].append(registry["entries"][-1])),
    ("an unknown type", _entry(0, type="root")),
    ("a type that is no text", _entry(0, type=[])),
    ("an unknown status", _entry(0, status="valid")),
    ("a purpose of another type", _entry(0, purposes=["licence-issuing"])),
    ("no purpose", _entry(0, purposes=[])),
    ("purposes out of order", _entry(0, purposes=["time-stamping", "seal-signing"])),
    ("one purpose twice", _entry(0, purposes=["seal-signing", "seal-signing"])),
    ("an id with capitals", _entry(0, id="CA")),
    ("an id that is too long", _entry(0, id="c" * 65)),
    ("an empty name", _entry(0, name="")),
    ("a name with a new line", _entry(0, name="a\nb")),
    ("a basis that is too long", _entry(0, basis="号" * 513)),
    ("no basis", _without(0, "basis")),
    ("no certificate", _without(0, "certificate")),
    ("a certificate that is none", _entry(0, certificate="AAAA")),
    ("a certificate in another base", _entry(0, certificate="____")),
    (
        "a certificate with spaces",
        lambda registry: registry["entries"][0].update(certificate=registry["entries"][0]["certificate"] + "\n"),
    ),
    ("a certificate and a key", lambda registry: registry["entries"][0].update(jwk=registry["entries"][3]["jwk"])),
    ("a body that is none", _entry(0, body="11440000MB9X00015E")),
    (
        "entitlements of an authority",
        lambda registry: registry["entries"][0].update(entitlements=registry["entries"][1]["entitlements"]),
    ),
    ("an issuer without a body", _without(1, "body")),
    ("a seal system without a key", _without(3, "jwk")),
    ("a key off the curve", lambda registry: registry["entries"][3]["jwk"].update(x="A" * 43)),
    ("a key with a private part", lambda registry: registry["entries"][3]["jwk"].update(d="A" * 43)),
    ("a key for another algorithm", lambda registry: registry["entries"][3]["jwk"].update(alg="ES256")),
    (
        "a history in disorder",
        lambda registry: registry["entries"][2]["history"][0].update({"from": "2026-03-02T00:00:00Z"}),
    ),
    (
        "a history at the same instant",
        lambda registry: registry["entries"][2]["history"][0].update({"from": "2026-03-01T08:00:00Z"}),
    ),
    ("an entitlement for another region", _entitle(area="330000")),
    ("an entitlement for the whole State", _entitle(area="100000")),
    ("a licence type that is too short", _entitle(type="11100000MB0143028R01")),
    ("an entitlement that ends before it begins", _entitle(to="2025-12-31T00:00:00Z")),
    ("entitlements out of order", lambda registry: registry["entries"][1]["entitlements"].reverse()),
    ("entitlements that overlap", lambda registry: registry["entries"][1]["entitlements"][0].pop("to")),
]


@pytest.mark.parametrize(("what", "change"), BROKEN, ids=[what for what, _ in BROKEN])
def test_every_rule_refuses(what: str, change: Change) -> None:
    registry = json.loads(FULL)
    change(registry)
    with pytest.raises(RegistryMalformed):
        registry_json.decode(strict_json.encode(registry))
    del what


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        FULL + b"\n",
        b" " + FULL,
        FULL.replace(b'"version":1', b'"version":1.0'),
        FULL.replace(b'"version":1', b'"version":1e0'),
        FULL.replace(b'"version":1', b'"version":NaN'),
        FULL.replace(b'"version":1', b'"version":1' + b"0" * 5000),
        FULL.replace(b'"version":1', b'"version":1,"version":1'),
        FULL.replace("用章系统".encode(), b"\\u7528\\u7ae0\\u7cfb\\u7edf"),
        FULL.replace("用章系统".encode(), b"\\ud800"),
        FULL.replace("用章系统".encode(), b"\xff"),
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_another_spelling_is_refused(payload: bytes) -> None:
    with pytest.raises(RegistryMalformed):
        registry_json.decode(payload)


def test_more_than_we_read_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_json, "MAX_ENTRIES", 3)
    with pytest.raises(RegistryTooLarge):
        registry_json.decode(FULL)
    monkeypatch.undo()
    monkeypatch.setattr(registry_json, "MAX_ENTITLEMENTS", 2)
    with pytest.raises(RegistryTooLarge):
        registry_json.decode(FULL)


def test_nothing_is_written_that_could_not_be_read() -> None:
    registry = registry_json.decode(FULL)
    with pytest.raises(TrustError):
        registry_json.encode(replace(registry, entries=registry.entries[::-1]))
    with pytest.raises(TrustError):
        registry_json.entry_to_json(issuer(entitlement(), name="Not An Id"))
