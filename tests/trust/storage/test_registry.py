"""Drafts wait until a version publishes them, and only what changed waits again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from certs.keys import PublicKey
from certs.sm.sm2 import Sm2PrivateKey
from tests.support.clock import SettableClock
from trust.recognition.registry import Entry, EntryType, Purpose, Standing, Status
from trust.storage.registry import Version
from trust.storage.unit_of_work import NewWork

_AT = datetime(2026, 3, 1, tzinfo=UTC)
_ENTRY = Entry(
    id="seal-system-1",
    type=EntryType.SEAL_SYSTEM,
    name="示范省电子印章系统",
    standings=(Standing(Status.GRANTED, _AT),),
    purposes=frozenset({Purpose.SEAL_OPERATION}),
    basis="示范令第1号",
    jwk=PublicKey.from_sm2(Sm2PrivateKey.generate().public),
)


def _version(number: int) -> Version:
    return Version(number, f"{number:064x}", _AT, _AT + timedelta(days=30))


def test_a_proposal_waits_until_it_is_published(new_work: NewWork, clock: SettableClock) -> None:
    with new_work() as work:
        work.registry.propose(_ENTRY)
    with new_work() as work:
        assert work.registry.waiting() == (_ENTRY,)
        assert work.registry.newest_version() is None
        work.registry.mark_published(work.registry.waiting(), _version(1))
    clock.advance(timedelta(days=1))
    with new_work() as work:
        work.registry.propose(_ENTRY)
        assert work.registry.waiting() == ()
        assert work.registry.newest_version() == _version(1)
        assert work.registry.find(_ENTRY.id) == _ENTRY
        assert work.registry.find("nobody") is None


def test_a_changed_entry_waits_again(new_work: NewWork) -> None:
    withdrawn = replace(_ENTRY, standings=(*_ENTRY.standings, Standing(Status.WITHDRAWN, _AT + timedelta(days=2))))
    with new_work() as work:
        work.registry.propose(_ENTRY)
        work.registry.mark_published(work.registry.waiting(), _version(1))
        work.registry.propose(withdrawn)
        assert work.registry.waiting() == (withdrawn,)


def test_what_changed_while_a_version_was_signed_waits_for_the_next(new_work: NewWork) -> None:
    with new_work() as work:
        work.registry.propose(_ENTRY)
        signed = work.registry.waiting()
    renamed = replace(_ENTRY, name="另一个名称")
    with new_work() as work:
        work.registry.propose(renamed)
    with new_work() as work:
        work.registry.mark_published(signed, _version(1))
        assert work.registry.waiting() == (renamed,)
