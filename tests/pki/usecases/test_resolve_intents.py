"""What was intended and never finished is given up, its serial listed, its order free again."""

from datetime import timedelta

import pytest

from certs.crl import Reason
from pki.desk import IssuingDesk
from pki.model.work import PUBLISH
from pki.parts import Parts
from pki.storage.lists import Lists
from tests.support.authority import BY, order
from tests.support.clock import SettableClock


def interrupt(made: Parts, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(IssuingDesk, "_record", crash)
        with pytest.raises(KeyboardInterrupt):
            made.authority.issue_all([order(f"甲{number}") for number in range(count)], BY)


def test_serials_of_given_up_intents_are_revoked_and_listed(
    made: Parts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(made, monkeypatch, 6)
    assert made.resolve("service test") == 0, "somebody may still be at it"
    clock.advance(timedelta(seconds=61))
    assert made.resolve("service test") == 6
    assert made.resolve("service test") == 0
    with made.desk.new_work() as work:
        entries = [one for shard in (0, 1) for one in Lists(work.db).entries("seal-ca", shard)]
        asked = work.jobs.claim(PUBLISH, timedelta(seconds=30))
        events = [entry.event for _, entry in work.journal.about(f"seal-ca/{entries[0].serial:032x}")]
    assert {one.reason for one in entries} == {Reason.UNSPECIFIED}
    assert len(entries) == 6
    assert asked is not None
    assert events == ["certificate-intended", "certificate-abandoned"]


def test_issued_certificates_are_left_alone(made: Parts, clock: SettableClock) -> None:
    made.authority.issue(order("甲"), BY)
    clock.advance(timedelta(days=1))
    assert made.resolve("service test") == 0
