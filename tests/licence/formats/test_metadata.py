"""Metadata: what is written is read back, and what contradicts itself is refused."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from licence.errors import IdentifierMalformed, MetadataMalformed
from licence.formats.metadata import CopyNotes, Holder, from_pairs, to_pairs
from tests.support.licences import metadata
from trust.values.holder import HolderCode

COPY = CopyNotes(
    datetime(2026, 3, 2, 4, 0, tzinfo=UTC),
    "云州省政务服务平台",
    "办理银行开户",
    datetime(2026, 4, 1, 15, 59, 59, tzinfo=UTC),
)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"expires_on": date(2036, 2, 28), "effective_on": date(2026, 3, 1)},
        {"copy": COPY},
        {
            "holders": (
                Holder("㛃䶮", HolderCode.parse("111", "11010519491231002X")),
                Holder("合成有限公司", HolderCode.parse("999", "S-1")),
            )
        },
    ],
)
def test_what_is_written_is_read_back(changes: dict[str, Any]) -> None:
    assert from_pairs(to_pairs(metadata(**changes))) == metadata(**changes)


def test_a_licence_without_end_says_so() -> None:
    assert ("certificateValidityRange", "长期") in to_pairs(metadata())
    assert metadata().valid_until is None


def test_the_last_day_ends_at_midnight_in_china() -> None:
    assert metadata(expires_on=date(2026, 12, 31)).valid_until == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


def test_names_of_others_are_left_alone() -> None:
    assert from_pairs([*to_pairs(metadata()), ("vendor", "x"), ("vendor", "y")]) == metadata()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("certificateTypeCode", "11100000MB0143028R002"),
        ("certificateVersion", "002"),
        ("certificateIssuingAuthorityCode", "11330000MB9X00023F"),
        ("certificateDefineAuthorityCode", "11330000MB9X00023F"),
        ("certificateIssuedDate", "20260301"),
        ("certificateIssuedDate", "2026-02-30"),
        ("certificateAreaCode", "44030"),
        ("certificateHolderCode", "91440300MA9Y00012Y"),
        ("certificateHolderType", "777"),
        ("certificateName", ""),
        ("certificateTypeName", "名" * 257),
    ],
)
def test_a_contradiction_is_refused(name: str, value: str) -> None:
    pairs = [(each, value if each == name else text) for each, text in to_pairs(metadata())]
    with pytest.raises(MetadataMalformed):
        from_pairs(pairs)


def test_every_required_name_is_required() -> None:
    optional = {"certificateValidityRange", "certificateDefineAuthorityName", "certificateDefineAuthorityCode"}
    for missing, _ in to_pairs(metadata()):
        pairs = [(name, value) for name, value in to_pairs(metadata()) if name != missing]
        if missing in optional or missing.startswith("extendInfo"):
            from_pairs(pairs)
        else:
            with pytest.raises(MetadataMalformed):
                from_pairs(pairs)


def test_nothing_stands_twice_but_holders() -> None:
    for name, value in to_pairs(metadata()):
        with pytest.raises(MetadataMalformed):
            from_pairs([*to_pairs(metadata()), (name, value)])


def test_a_wrong_identifier_is_named_as_such() -> None:
    pairs = [("certificateIdentifier", "1.2.3"), *to_pairs(metadata())[1:]]
    with pytest.raises(IdentifierMalformed):
        from_pairs(pairs)


def test_half_of_a_copy_is_no_copy() -> None:
    pairs = [pair for pair in to_pairs(metadata(copy=COPY)) if pair[0] != "certificateCopyExpiringTime"]
    with pytest.raises(MetadataMalformed):
        from_pairs(pairs)
