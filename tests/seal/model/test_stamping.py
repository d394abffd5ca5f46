"""The life of a stamping."""

from datetime import UTC, datetime, timedelta

import pytest

from seal.errors import TransitionRefused
from seal.model.seal import SealId
from seal.model.stamping import LONGEST, Stamping, StampingState

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
INTENDED = Stamping("0" * 32, "operator os:alice", "key", "o" * 64, SealId("44000000000001"), 2, "s001", "d" * 64, AT)


def test_an_intent_is_completed_or_abandoned_once() -> None:
    done = INTENDED.completed("a" * 64, AT)
    assert (done.state, done.address, done.ended_at) == (StampingState.COMPLETED, "a" * 64, AT)
    gone = INTENDED.abandoned("interrupted", AT)
    assert (gone.state, gone.reason) == (StampingState.ABANDONED, "interrupted")
    for ended in (done, gone):
        with pytest.raises(TransitionRefused):
            ended.completed("a" * 64, AT)
        with pytest.raises(TransitionRefused):
            ended.abandoned("again", AT)


def test_only_what_was_abandoned_is_tried_again_under_its_id() -> None:
    fresh = Stamping("1" * 32, "operator os:alice", "key", "o" * 64, SealId("44000000000001"), 3, "s001", "e" * 64, AT)
    again = INTENDED.abandoned("interrupted", AT).again(fresh)
    assert (again.id, again.attempt, again.revision, again.state) == ("0" * 32, 2, 3, StampingState.INTENDED)
    with pytest.raises(TransitionRefused):
        INTENDED.again(fresh)


def test_an_intent_is_overdue_when_nothing_can_take_so_long() -> None:
    assert not INTENDED.is_overdue(AT + LONGEST - timedelta(seconds=1))
    assert INTENDED.is_overdue(AT + LONGEST)
    assert not INTENDED.completed("a" * 64, AT).is_overdue(AT + LONGEST)
