"""An entry has one spelling, and nothing that people type can break its line or hide in it."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust.audit.entry import MAX_ENTRY_BYTES, Entry, printable
from trust.audit.errors import EntryMalformed

_AT = datetime(2026, 3, 1, 8, 0, 0, 5, UTC)


def _entry(subject: str = "certificate/01", **facts: str) -> Entry:
    return Entry.of("00" * 16, _AT, "certificate-issued", subject, "operator os:root", facts)


def test_the_bytes_of_an_entry_are_these() -> None:
    assert _entry(serial="01", ca="pki/root").encode() == (
        b'{"v":"1","nonce":"00000000000000000000000000000000","at":"2026-03-01T08:00:00.000005Z",'
        b'"event":"certificate-issued","subject":"certificate/01","by":"operator os:root",'
        b'"facts":{"ca":"pki/root","serial":"01"}}'
    )


def test_the_same_instant_in_another_zone_gives_the_same_bytes() -> None:
    there = _AT.astimezone(timezone(timedelta(hours=8)))
    assert (
        Entry.of("00" * 16, there, "a", "b", "c", {}).encode() == Entry.of("00" * 16, _AT, "a", "b", "c", {}).encode()
    )


@pytest.mark.parametrize(
    "text",
    [
        "a\r\nfalse-entry by admin",
        "a\x1b[2Kb",
        "a\x00b",
        "a\u2028b\u2029c",
        "a\u202egpj.exe",
        "a\u200bb",
        "\ufeffa",
        "a\ud800b",
        "a\x85b\x9bc",
        "a\U000e0041b",
    ],
)
def test_what_could_forge_a_line_stands_escaped(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert "\\u{" in shown
    line = _entry(subject=text, note=text).encode()
    assert line.isascii()
    assert b"\n" not in line
    assert json.loads(line)["subject"] == shown


def test_escaping_is_not_ambiguous() -> None:
    assert printable("\\u{a}") != printable("\n")
    assert printable("㛃䶮𬱖𠅤 licence") == "㛃䶮𬱖𠅤 licence"


def test_a_long_value_is_kept_by_its_digest() -> None:
    entry = _entry(subject="x" * 1_000_000, note="y" * 1_000_000)
    assert entry.subject.startswith("sm3:")
    assert entry.subject.endswith(";characters=1000000")
    assert len(entry.encode()) < 1_000


def test_an_entry_of_many_long_facts_keeps_the_digest_of_them() -> None:
    entry = _entry(**{f"f{number}": "㛃" * 1_024 for number in range(64)})
    assert len(entry.encode()) < MAX_ENTRY_BYTES
    assert list(json.loads(entry.facts)) == ["facts-digest"]


@pytest.mark.parametrize("event", ["", "Issued", "a b", "a\n", "-a", "a--b", "甲", "a" * 101])
def test_an_event_is_a_name(event: str) -> None:
    with pytest.raises(EntryMalformed):
        Entry.of("00" * 16, _AT, event, "a", "b", {})


@pytest.mark.parametrize("name", ["", "A", "a b", "a\n", "1", "a" * 65, "甲"])
def test_a_fact_has_a_name(name: str) -> None:
    with pytest.raises(EntryMalformed):
        _entry(**{name: "x"})
    with pytest.raises(EntryMalformed):
        _entry(**{f"f{number}": "" for number in range(65)})


@given(
    st.text(max_size=60), st.text(max_size=60), st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.text())
)
def test_different_entries_have_different_bytes(subject: str, by: str, facts: dict[str, str]) -> None:
    entry = Entry.of("00" * 16, _AT, "a", subject, by, facts)
    line = entry.encode()
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["facts"] == {name: printable(value) for name, value in facts.items()}
    moved = Entry.of("00" * 16, _AT, "a", subject + "x", by, facts)
    assert moved.encode() != line


def test_a_code_is_bound_to_key_state_and_index() -> None:
    entry, key = _entry(), bytes(32)
    codes = {entry.mac(key), entry.numbered_mac(key, 0), entry.numbered_mac(key, 1), entry.mac(bytes(31) + b"\1")}
    assert len(codes) == 4
