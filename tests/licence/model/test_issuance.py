"""The life of an issuance."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from licence.errors import TransitionRefused
from licence.formats.identifier import LicenceIdentifier
from licence.model.issuance import LONGEST, Issuance, IssuanceState
from tests.support.licences import ISSUER, TYPE

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
INTENDED = Issuance("0" * 32, "operator os:alice", "7", "c" * 32, LicenceIdentifier(TYPE, ISSUER, "1", 1), 1, AT)


def test_an_intent_ends_well_or_is_given_up() -> None:
    done = INTENDED.completed("a" * 64, AT)
    assert (done.state, done.address, done.ended_at) == (IssuanceState.COMPLETED, "a" * 64, AT)
    given_up = INTENDED.abandoned("interrupted", AT)
    assert (given_up.state, given_up.reason) == (IssuanceState.ABANDONED, "interrupted")


def test_what_ended_does_not_end_again() -> None:
    for ended in (INTENDED.completed("a" * 64, AT), INTENDED.abandoned("interrupted", AT)):
        with pytest.raises(TransitionRefused):
            ended.completed("b" * 64, AT)
        with pytest.raises(TransitionRefused):
            ended.abandoned("again", AT)


def test_a_new_attempt_has_the_old_id_a_new_number_and_its_own_sealing_key() -> None:
    fresh = replace(INTENDED, id="1" * 32, identifier=LicenceIdentifier(TYPE, ISSUER, "2", 1))
    again = INTENDED.abandoned("interrupted", AT).again(fresh)
    assert (again.id, again.attempt, again.identifier.serial) == (INTENDED.id, 2, "2")
    assert again.sealing_key != INTENDED.sealing_key
    with pytest.raises(TransitionRefused):
        INTENDED.again(fresh)


def test_it_is_overdue_when_nobody_can_be_at_it_any_more() -> None:
    assert not INTENDED.is_overdue(AT)
    assert INTENDED.is_overdue(AT + LONGEST)
    assert not INTENDED.completed("a" * 64, AT).is_overdue(AT + LONGEST)
