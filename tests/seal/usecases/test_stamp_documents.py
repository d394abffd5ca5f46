"""Stamping: four beats, what is recorded at each, and a crash or a freeze between any two."""

import pytest

from certs import certificate
from certs.sm import sm3
from seal.api import Protection, StampOrder
from seal.errors import (
    KeyReused,
    MadeSealRefused,
    SealChanged,
    SealMissing,
    SealNotUsable,
    SealOrderMalformed,
    StampingAbandoned,
    StampingInProgress,
    UseNotPermitted,
)
from seal.model.placement import At, Riding
from seal.model.seal import SealId
from seal.model.stamping import LONGEST, StampingState
from seal.ofd.document import read_bodies
from seal.ofd.errors import DocumentClosed, PlacementOutsidePage
from seal.ofd.package import EVIDENCE, open_package
from seal.ofd.signatures_xml import SignatureFile, read_signatures
from seal.own_work import OwnWork
from seal.ses.signature_data import Sealing
from seal.storage.stampings import Stampings
from seal.usecases.change_seal import Step
from seal.usecases.stamp_documents import RESOLVE
from tests.support.memory_authority import OutOfOrder
from tests.support.ofd import document
from tests.support.seal_house import House
from tests.support.shared import sample
from trust.recognition import evidence
from trust.values.credit_code import CreditCode
from trust.values.principal import Principal, PrincipalKind


def signatures(data: bytes) -> tuple[SignatureFile, ...]:
    package = open_package(data)
    found = read_signatures(package, read_bodies(package)[0])
    assert found is not None
    return found.signatures


def states(house: House, seal: SealId) -> list[StampingState]:
    with house.database.reading() as db:
        return [one.state for one in Stampings(db).of_seal(seal)]


def test_a_sealed_document_holds_what_the_standard_asks(house: House) -> None:
    seal = house.seal()
    (stamped,) = house.stamp([house.order(seal)], house.by)
    package = open_package(stamped.document, strict=True)
    (signature,) = signatures(stamped.document)
    sealing = Sealing.decode(package.members[signature.value_path or ""])
    assert sealing.seal.raw == seal.data == package.members[signature.seal_path or ""]
    assert sealing.data_hash == sm3.digest(signature.original)
    assert sealing.property_info == signature.path
    assert sealing.certificate == seal.certificate
    assert sealing.time_info.claimed == house.clock.now()
    assert sealing.time_stamp is not None
    algorithm = house.keys.ring.signer(seal.key).algorithm
    certificate.decode(seal.certificate).public_key.verify(sealing.signature, sealing.signed, algorithm)
    assert stamped.address == sm3.digest(stamped.document).hex()
    assert house.objects.get(stamped.address) == stamped.document


def test_the_document_carries_chains_and_status_of_everybody_involved(house: House) -> None:
    seal = house.seal()
    (stamped,) = house.stamp([house.order(seal)], house.by)
    bundle = evidence.decode(open_package(stamped.document).members[EVIDENCE])
    authorities = {one.der for one in house.authority.authorities()}
    assert set(bundle.certificates) == authorities
    assert len(bundle.crls) == 3
    house.clock.advance(LONGEST)
    (again,) = house.stamp([house.order(seal, "second", stamped.document)], house.by)
    renewed = evidence.decode(open_package(again.document).members[EVIDENCE])
    assert len(renewed.crls) == 3
    assert set(renewed.crls).isdisjoint(bundle.crls)


def test_intent_and_result_are_recorded_and_journalled(house: House) -> None:
    seal = house.seal()
    house.stamp([house.order(seal)], house.by)
    assert house.events()[-2:] == ["stamping-intended", "document-stamped"]
    assert states(house, seal.id) == [StampingState.COMPLETED]


def test_the_same_key_gives_the_same_bytes_and_uses_no_key_again(house: House) -> None:
    seal = house.seal()
    first = house.stamp([house.order(seal)], house.by)
    house.keys.signed.clear()
    assert house.stamp([house.order(seal)], house.by) == first
    assert house.keys.signed == []
    with pytest.raises(KeyReused):
        house.stamp([house.order(seal, data=document(3))], house.by)
    with pytest.raises(KeyReused):
        house.stamp([house.order(seal, places=[At(1, 100, 101)])], house.by)


def test_another_orderer_may_use_the_same_key(house: House) -> None:
    seal = house.seal()
    first = house.stamp([house.order(seal)], house.by)
    assert house.stamp([house.order(seal)], Principal.service("licence")) != first


def test_a_group_is_stamped_in_its_order_with_what_was_done_before(house: House) -> None:
    seals = [house.seal("one"), house.seal("two")]
    (early,) = house.stamp([house.order(seals[0], "b")], house.by)
    orders = [house.order(seals[n % 2], key) for n, key in enumerate("cbad")]
    orders[1] = house.order(seals[0], "b")
    result = house.stamp(orders, house.by)
    assert [one.key for one in result] == ["c", "b", "a", "d"]
    assert result[1] == early
    assert len({one.address for one in result}) == 4


def test_a_group_is_all_or_nothing(house: House) -> None:
    seal = house.seal()
    with pytest.raises(PlacementOutsidePage):
        house.stamp([house.order(seal, "good"), house.order(seal, "bad", places=[At(9, 1, 1)])], house.by)
    assert states(house, seal.id) == []


def test_a_frozen_seal_refuses(house: House) -> None:
    seal = house.seal()
    house.change(seal.id, Step.FREEZE, "lost", house.by)
    with pytest.raises(SealNotUsable):
        house.stamp([house.order(seal)], house.by)
    house.change(seal.id, Step.THAW, "found", house.by)
    assert len(house.stamp([house.order(seal)], house.by)) == 1


def test_a_seal_frozen_while_its_key_is_used_lets_nothing_out(house: House) -> None:
    seal = house.seal()
    house.keys.afterwards = lambda: (house.change(seal.id, Step.FREEZE, "lost", house.by), None)[1]
    with pytest.raises(SealChanged):
        house.stamp([house.order(seal)], house.by)
    assert house.events()[-2:] == ["seal-frozen", "stamping-abandoned"]
    assert states(house, seal.id) == [StampingState.ABANDONED]


def resolve(house: House) -> int:
    from datetime import timedelta

    with house.new_work() as work:
        group = work.jobs.claim(RESOLVE, timedelta(seconds=30))
    return 0 if group is None else house.resolve(group)


def test_a_crash_after_the_intent_is_resolved_and_the_order_may_come_again(house: House) -> None:
    seal = house.seal()

    def crash() -> None:
        raise KeyboardInterrupt

    house.keys.afterwards = crash
    with pytest.raises(KeyboardInterrupt):
        house.stamp([house.order(seal)], house.by)
    house.keys.afterwards = None
    assert states(house, seal.id) == [StampingState.INTENDED]
    with pytest.raises(StampingInProgress):
        house.stamp([house.order(seal)], house.by)
    assert resolve(house) == 0
    house.clock.advance(LONGEST)
    assert resolve(house) == 1
    assert house.events()[-1] == "stamping-abandoned"
    assert len(house.stamp([house.order(seal)], house.by)) == 1
    assert states(house, seal.id) == [StampingState.COMPLETED]


def test_an_overdue_intent_is_taken_over_without_waiting_for_the_job(house: House) -> None:
    seal = house.seal()

    def crash() -> None:
        raise KeyboardInterrupt

    house.keys.afterwards = crash
    with pytest.raises(KeyboardInterrupt):
        house.stamp([house.order(seal)], house.by)
    house.keys.afterwards = None
    house.clock.advance(LONGEST)
    (stamped,) = house.stamp([house.order(seal)], house.by)
    assert resolve(house) == 0
    assert house.stamp([house.order(seal)], house.by) == (stamped,)


def test_a_stamping_that_was_abandoned_while_it_went_on_lets_nothing_out(house: House) -> None:
    seal = house.seal()

    def slow() -> None:
        house.clock.advance(LONGEST)
        resolve(house)

    house.keys.afterwards = slow
    with pytest.raises(StampingAbandoned):
        house.stamp([house.order(seal)], house.by)
    assert states(house, seal.id) == [StampingState.ABANDONED]
    assert "document-stamped" not in house.events()


def test_an_authority_out_of_order_abandons_at_once_and_the_order_may_come_again(house: House) -> None:
    seal = house.seal()
    house.authority.broken = True
    with pytest.raises(OutOfOrder):
        house.stamp([house.order(seal)], house.by)
    assert states(house, seal.id) == [StampingState.ABANDONED]
    house.authority.broken = False
    assert len(house.stamp([house.order(seal)], house.by)) == 1


def test_work_that_does_not_pass_the_public_verifier_stays_in_the_house(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = house.seal()

    def refuse(*_: object) -> None:
        raise MadeSealRefused("as the test wishes")

    monkeypatch.setattr(OwnWork, "require_sealed", refuse)
    with pytest.raises(MadeSealRefused):
        house.stamp([house.order(seal)], house.by)
    assert states(house, seal.id) == [StampingState.ABANDONED]
    assert list(house.objects.addresses()) == []


def test_a_whole_protected_document_takes_no_further_seal(house: House) -> None:
    seal = house.seal()
    (closed,) = house.stamp([house.order(seal, protection=Protection.WHOLE)], house.by)
    with pytest.raises(DocumentClosed):
        house.stamp([house.order(seal, "second", closed.document)], house.by)


def test_who_has_nothing_to_do_with_the_seal_may_not_use_it(house: House) -> None:
    seal = house.seal()
    stranger = Principal("pairwise", PrincipalKind.OFFICIAL, body=CreditCode.parse("91350100M000100Y43"))
    with pytest.raises(UseNotPermitted):
        house.stamp([house.order(seal)], stranger)
    with pytest.raises(SealMissing):
        house.stamp([StampOrder("k", document(), SealId.parse("44000000000099"), (At(1, 1, 1),))], house.by)


def test_orders_that_cannot_be_are_refused(house: House) -> None:
    seal = house.seal()
    for orders in (
        [],
        [house.order(seal, "same"), house.order(seal, "same")],
        [house.order(seal, "")],
        [house.order(seal, "k" * 201)],
        [house.order(seal, str(n)) for n in range(501)],
    ):
        with pytest.raises(SealOrderMalformed):
            house.stamp(orders, house.by)


@pytest.mark.parametrize(
    "name", ["wps-unsigned", "gov-document-customtags", "doc1-root", "conf-6.2.003-relative-paths"]
)
def test_three_seals_on_a_real_document_verify_and_leave_it_as_it_was(house: House, name: str) -> None:
    seal = house.seal()
    data = sample(f"ofd/{name}.ofd")
    before = open_package(data).members
    for key, place in (("first", At(1, 100, 100)), ("second", Riding()), ("third", At(2, 20, 20))):
        (stamped,) = house.stamp([house.order(seal, key, data, [place])], house.by)
        data = stamped.document
    after = open_package(data).members
    assert all(after[path] == content for path, content in before.items() if path != "/OFD.xml")
    assert len(signatures(data)) == 3


def test_the_front_door_describes_a_seal(house: House) -> None:
    seal = house.seal()
    card = house.stamper.seal(seal.id)
    assert (card.name, card.owner, card.width, card.standing) == (seal.name, seal.owner, 42, seal.standing)
