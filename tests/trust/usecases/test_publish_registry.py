"""What packages propose becomes a signed registry that verifiers adopt; nothing else does."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.clock import SettableClock
from tests.support.registries import AT, BEGIN, authority, entitlement, issuer, listed_certificate
from trust.keys.files import FileKeyRing
from trust.recognition.errors import RegistryHistoryRewritten
from trust.recognition.registry import Entry, Purpose, Standing, Status
from trust.recognition.trusted_set import TrustedSet
from trust.storage.objects import ObjectStore
from trust.storage.registry_folder import RegistryFolder
from trust.storage.unit_of_work import NewWork
from trust.usecases.publish_registry import LIFE, PublishRegistry, RegistryMoved
from trust.values.principal import Principal
from trust.values.region import Area

GUANGDONG = Area("440000")
OPERATOR = Principal.operator("alice", AT)
CA = authority("seal", listed_certificate("示例印章CA"), Purpose.SEAL_SIGNING)


@pytest.fixture
def publish(new_work: NewWork, clock: SettableClock, tmp_path: Path) -> PublishRegistry:
    keys = FileKeyRing.open(tmp_path / "keys")
    keys.create("registry")
    folder = RegistryFolder(tmp_path / "registry")
    return PublishRegistry(GUANGDONG, new_work, keys, ObjectStore(tmp_path / "objects"), folder, clock)


def _propose(new_work: NewWork, *entries: Entry) -> None:
    with new_work() as work:
        for entry in entries:
            work.registry.propose(entry)


def _served(publish: PublishRegistry) -> TrustedSet:
    """What a verifier holds who fetched both files."""
    known = TrustedSet.load(publish.folder.root_path.read_bytes())
    return known.update(publish.folder.registry_path(GUANGDONG).read_bytes(), publish.clock.now())


def test_proposals_become_a_registry_that_verifiers_adopt(publish: PublishRegistry, new_work: NewWork) -> None:
    _propose(new_work, CA, issuer(entitlement()))
    done = publish(OPERATOR)
    assert (done.version.version, done.entries, done.is_new) == (1, 2, True)
    assert _served(publish).anchors(AT).certificates(Purpose.SEAL_SIGNING, AT)
    with new_work() as work:
        assert work.registry.waiting() == ()
        (_, entry), *_ = work.journal.about("registry 440000")
        assert (entry.event, entry.by) == ("registry-published", "operator os:alice")


def test_publishing_again_changes_nothing(publish: PublishRegistry, new_work: NewWork) -> None:
    _propose(new_work, CA)
    first = publish(OPERATOR)
    publish.folder.registry_path(GUANGDONG).unlink()  # as after a crash before the last step
    again = publish(OPERATOR)
    assert again == replace(first, is_new=False)
    assert _served(publish).adopted[GUANGDONG].registry.version == 1


def test_a_new_state_makes_the_next_version(publish: PublishRegistry, new_work: NewWork, clock: SettableClock) -> None:
    _propose(new_work, CA)
    publish(OPERATOR)
    before = _served(publish)
    clock.advance(timedelta(hours=1))
    _propose(new_work, replace(CA, standings=(*CA.standings, Standing(Status.SUSPENDED, AT))))
    assert publish(OPERATOR).version.version == 2
    after = before.update(publish.folder.registry_path(GUANGDONG).read_bytes(), clock.now())
    assert after.anchors(clock.now()).certificates(Purpose.SEAL_SIGNING, AT) == ()


def test_a_registry_is_renewed_when_half_of_its_life_is_over(publish: PublishRegistry, clock: SettableClock) -> None:
    publish(OPERATOR)
    clock.advance(LIFE / 2 - timedelta(seconds=1))
    assert not publish(OPERATOR).is_new
    clock.advance(timedelta(seconds=1))
    renewed = publish(OPERATOR)
    assert (renewed.version.version, renewed.version.next_update) == (2, clock.now() + LIFE)


def test_renewing_leaves_to_the_operator_what_waits(
    publish: PublishRegistry, new_work: NewWork, clock: SettableClock
) -> None:
    assert publish.renew(OPERATOR) is None
    publish(OPERATOR)
    _propose(new_work, CA)
    clock.advance(LIFE / 2)
    renewed = publish.renew(OPERATOR)
    assert renewed is not None
    assert (renewed.version.version, renewed.entries, renewed.is_new) == (2, 0, True)
    with new_work() as work:
        assert work.registry.waiting() == (CA,)


def test_a_proposal_that_takes_something_back_is_refused(publish: PublishRegistry, new_work: NewWork) -> None:
    _propose(new_work, issuer(entitlement()))
    publish(OPERATOR)
    _propose(new_work, issuer(entitlement(start=BEGIN + timedelta(days=1))))
    with pytest.raises(RegistryHistoryRewritten):
        publish(OPERATOR)
    assert _served(publish).adopted[GUANGDONG].registry.version == 1


def test_of_two_publications_at_once_one_wins(publish: PublishRegistry, new_work: NewWork) -> None:
    _propose(new_work, CA)

    class Overtaken(ObjectStore):
        """Somebody publishes while this one stores its file."""

        def put(self, data: bytes) -> str:
            publish(OPERATOR)
            return super().put(data)

    late = replace(publish, objects=Overtaken(publish.objects.folder))
    with pytest.raises(RegistryMoved):
        late(OPERATOR)
    assert _served(publish).adopted[GUANGDONG].registry.version == 1


def test_a_crash_before_the_record_loses_nothing(publish: PublishRegistry, new_work: NewWork) -> None:
    _propose(new_work, CA)

    class Crashing(ObjectStore):
        """The process ends after the file is kept."""

        def put(self, data: bytes) -> str:
            super().put(data)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(publish, objects=Crashing(publish.objects.folder))(OPERATOR)
    assert not publish.folder.registry_path(GUANGDONG).exists()
    assert publish(OPERATOR).version.version == 1
