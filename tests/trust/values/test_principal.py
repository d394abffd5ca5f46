"""Principals and ranks."""

from datetime import UTC, datetime

import pytest

from trust.values.assurance import HIGHEST, UNPROVEN, Rank, RankMalformed
from trust.values.principal import Principal, PrincipalKind


def test_ranks_compare() -> None:
    assert UNPROVEN < Rank.parse("3") < HIGHEST
    for text in ("", "6", "-1", "10", "３"):
        with pytest.raises(RankMalformed):
            Rank.parse(text)


def test_a_command_acts_as_the_user_of_the_operating_system() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    operator = Principal.operator("alice", at)
    assert str(operator) == "operator os:alice"
    assert (operator.level, operator.proven_at) == (HIGHEST, at)
    assert str(Principal.service("sequencer")) == "service sequencer"


def test_the_blind_index_of_a_person_is_not_printed() -> None:
    citizen = Principal("p-1", PrincipalKind.PERSON, Rank(3), holder=b"\xde\xad\xbe\xef" * 4)
    assert "xde" not in repr(citizen)
