"""Issuing: four beats, what is recorded at each, and a crash, a refusal or a second request between any two."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from licence import rendering
from licence.errors import (
    BusinessNumberReused,
    IssuanceAbandoned,
    IssuanceInProgress,
    IssuerNotEntitled,
    LicenceExists,
    LicenceOrderMalformed,
    LicenceTypeMissing,
    OwnLicenceRefused,
    RegistryUnpublished,
    TextOverflows,
)
from licence.formats import licence_file, qr
from licence.formats.identifier import LicenceTypeCode
from licence.formats.metadata import Metadata
from licence.model.issuance import LONGEST, IssuanceState
from licence.model.licence_type import LicenceType
from licence.storage.licences import Licences
from licence.verdicts import Overall
from licence.verification import examine
from seal.errors import SealMissing, SealNotUsable
from seal.ofd.document import read_document
from seal.ofd.package import open_package
from seal.ofd.text import page_text
from seal.typefaces import MissingGlyph
from seal.usecases.change_seal import Step
from tests.support.licence_house import ITEMS, LicenceHouse, firm
from tests.support.memory_authority import OutOfOrder
from trust.recognition.evidence import Evidence
from trust.values.principal import Principal
from trust.values.region import Area


def page_texts(document: bytes) -> list[str]:
    package = open_package(document)
    opened = read_document(package)
    return [run.text for page in opened.pages for run in page_text(package, opened, page)]


def test_an_issued_licence_is_accepted_as_of_its_sealing(licence_house: LicenceHouse) -> None:
    issued = licence_house.one()
    at = licence_house.below.clock.now()
    report = examine(issued.document, licence_house.registry.anchors(at), Evidence(), at + timedelta(hours=1))
    assert report.overall is Overall.ACCEPTED_AS_OF
    assert report.as_of == at
    assert report.identifier == issued.identifier.text
    assert licence_house.below.objects.get(issued.address) == issued.document


def test_text_taken_from_the_page_is_the_data_that_was_ordered_sign_for_sign(licence_house: LicenceHouse) -> None:
    issued = licence_house.one()
    found = licence_file.read(issued.document)
    ordered = {"creditCode": firm(1), **ITEMS, "establishedOn": "2026年03月01日"}
    assert {name: found.shown[name] for name in ordered} == ordered
    assert dict(found.metadata.items) == ordered
    assert found.shown["identifier"] == issued.identifier.text
    assert found.shown["issuedOn"] == "2026年03月01日"
    everything = "".join(page_texts(issued.document))
    assert all(value in everything for value in ordered.values())
    assert "㛃䶮𬱖𠅤" in everything


def test_the_printed_code_is_scanned_and_was_signed_with_the_seals_key(licence_house: LicenceHouse) -> None:
    issued = licence_house.one()
    members = open_package(issued.document).members
    (picture,) = [data for path, data in members.items() if "/Res/Image_" in path]
    (symbol,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
    stated, signed = qr.from_text(symbol.text)
    assert stated.agree_with(licence_file.read(issued.document).metadata)
    at = licence_house.below.clock.now()
    report = examine(issued.document, licence_house.registry.anchors(at), Evidence(), at)
    signer = report.report.signatures[0].signer
    assert signer is not None
    signed.verify(signer)


def test_intent_and_result_are_recorded_and_journalled_without_personal_values(licence_house: LicenceHouse) -> None:
    issued = licence_house.one()
    assert licence_house.states() == [IssuanceState.COMPLETED]
    assert licence_house.events() == ["licence-type-registered", "licence-intended", "licence-issued"]
    with licence_house.below.database.reading() as db:
        told = repr(db.exec_driver_sql("SELECT event, subject, facts FROM trust_journal_entry").all())
        kept = repr(db.exec_driver_sql("SELECT * FROM licence_licence").all())
        kept += repr(db.exec_driver_sql("SELECT * FROM licence_issuance").all())
        stored = Licences(db, licence_house.secrets).get(issued.identifier)
    for value in (firm(1), ITEMS["companyName"], ITEMS["legalRepresentative"]):
        assert value not in told
        assert value not in kept
    assert stored.metadata == licence_file.read(issued.document).metadata
    assert (stored.address, stored.sealed_at) == (issued.address, licence_house.below.clock.now())


def test_the_same_business_number_gives_the_same_licence_and_uses_no_key_again(licence_house: LicenceHouse) -> None:
    first = licence_house.one()
    licence_house.below.keys.signed.clear()
    assert licence_house.one() == first
    assert licence_house.below.keys.signed == []
    with pytest.raises(BusinessNumberReused):
        licence_house.one(2, business_number="matter 1")
    with pytest.raises(BusinessNumberReused):
        licence_house.one(area=Area.parse("440100"))


def test_business_numbers_are_each_requesters_own(licence_house: LicenceHouse) -> None:
    first = licence_house.one(1, business_number="7")
    (other,) = licence_house.issue([licence_house.order(2, business_number="7")], Principal.service("counter"))
    assert other.identifier != first.identifier


def test_a_group_is_numbered_in_its_order_with_what_was_issued_before(licence_house: LicenceHouse) -> None:
    early = licence_house.one(3)
    result = licence_house.issue([licence_house.order(number) for number in (5, 3, 4)], licence_house.by)
    assert [one.business_number for one in result] == ["matter 5", "matter 3", "matter 4"]
    assert result[1] == early
    assert [one.identifier.serial for one in result] == ["202600000002", "202600000001", "202600000003"]


def test_a_group_is_all_or_nothing(licence_house: LicenceHouse) -> None:
    bad = licence_house.order(2)
    bad = replace(bad, items={**bad.items, "companyName": "国" * 100, "premises": "国" * 120})
    good = licence_house.order(1)
    with pytest.raises(TextOverflows):
        licence_house.issue(
            [good, replace(bad, items={**bad.items, "legalRepresentative": "国" * 60})], licence_house.by
        )
    assert licence_house.states() == [IssuanceState.ABANDONED] * 2
    assert licence_house.one().identifier.serial == "202600000003"


def test_a_character_nobody_can_draw_is_named_and_nothing_is_sealed(licence_house: LicenceHouse) -> None:
    order = licence_house.order()
    with pytest.raises(MissingGlyph):
        licence_house.issue(
            [replace(order, items={**order.items, "legalRepresentative": "\U000f0000"})], licence_house.by
        )
    assert licence_house.stamper.keys == ()


def test_a_holder_has_one_valid_licence_of_a_single_type(licence_house: LicenceHouse) -> None:
    licence_house.one(1)
    with pytest.raises(LicenceExists):
        licence_house.one(1, business_number="again")
    twice = [licence_house.order(2, business_number=number) for number in "ab"]
    with pytest.raises(LicenceExists):
        licence_house.issue(twice, licence_house.by)
    assert licence_house.one(2).identifier.serial == "202600000004"


def test_the_holders_index_finds_it_under_a_renewed_secret_too(licence_house: LicenceHouse) -> None:
    issued = licence_house.one(1)
    licence_house.below.keys.ring.renew_secret("person-index")
    licence_house.below.keys.ring.renew_secret("person-field")
    renewed = type(licence_house.secrets).of(licence_house.below.keys)  # type: ignore[arg-type]
    issue = replace(licence_house.issue, secrets=renewed)
    assert issue([licence_house.order(1)], licence_house.by) == (issued,)
    with pytest.raises(LicenceExists):
        issue([licence_house.order(1, business_number="again")], licence_house.by)
    with licence_house.below.database.reading() as db:
        licences = Licences(db, renewed)
        holder = licences.get(issued.identifier).metadata.holders[0]
        assert [each.metadata.identifier for each in licences.of_holder(holder.code)] == [issued.identifier]


def test_our_own_registry_decides_who_may_issue_what_where(licence_house: LicenceHouse) -> None:
    with pytest.raises(IssuerNotEntitled, match="outside-area"):
        licence_house.one(area=Area.parse("330100"))
    with pytest.raises(LicenceTypeMissing):
        licence_house.one(type=LicenceTypeCode.parse("11100000000013127D001"))
    assert licence_house.states() == []


def test_without_a_published_registry_nothing_is_issued(licence_house: LicenceHouse) -> None:
    with licence_house.below.database.writing() as db:
        db.exec_driver_sql("DELETE FROM trust_registry_version")
    with pytest.raises(RegistryUnpublished):
        licence_house.one()


def test_a_frozen_seal_refuses_and_the_order_may_come_again(licence_house: LicenceHouse) -> None:
    change = licence_house.below.change
    change(licence_house.seal, Step.FREEZE, "lost", licence_house.by)
    with pytest.raises(SealNotUsable):
        licence_house.one()
    assert licence_house.states() == [IssuanceState.ABANDONED]
    change(licence_house.seal, Step.THAW, "found", licence_house.by)
    assert licence_house.one().identifier.serial == "202600000002"
    assert licence_house.states() == [IssuanceState.COMPLETED]


def test_an_authority_out_of_order_abandons_at_once(licence_house: LicenceHouse) -> None:
    licence_house.below.authority.broken = True
    with pytest.raises(OutOfOrder):
        licence_house.one()
    assert licence_house.states() == [IssuanceState.ABANDONED]
    assert licence_house.events()[-1] == "licence-abandoned"


def test_work_that_does_not_pass_the_public_verifier_stays_in_the_house(
    licence_house: LicenceHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = rendering.shown
    calls: list[int] = []

    def differently(licence_type: LicenceType, stated: Metadata) -> Mapping[str, str]:
        calls.append(1)
        values = shown(licence_type, stated)
        return values if len(calls) == 1 else {**values, "issuedOn": "2026年03月02日"}

    monkeypatch.setattr(rendering, "shown", differently)
    with pytest.raises(OwnLicenceRefused):
        licence_house.one()
    assert licence_house.states() == [IssuanceState.ABANDONED]


@pytest.mark.parametrize("beat", ["kill_before", "kill_after"])
def test_a_process_killed_between_beats_is_resolved_and_no_number_serves_twice(
    licence_house: LicenceHouse, beat: str
) -> None:
    setattr(licence_house.stamper, beat, True)
    licence_house.killed(licence_house.order(1), licence_house.order(2))
    setattr(licence_house.stamper, beat, False)
    assert licence_house.states() == [IssuanceState.INTENDED] * 2
    with pytest.raises(IssuanceInProgress):
        licence_house.one()
    assert licence_house.run_due() == 0
    licence_house.below.clock.advance(LONGEST)
    assert licence_house.run_due() == 2
    assert licence_house.states() == [IssuanceState.ABANDONED] * 2
    assert licence_house.one().identifier.serial == "202600000003"
    assert licence_house.run_due() == 0
    assert Counter(licence_house.states()) == {IssuanceState.ABANDONED: 1, IssuanceState.COMPLETED: 1}


def test_an_overdue_intent_is_taken_over_without_waiting_for_the_job(licence_house: LicenceHouse) -> None:
    licence_house.stamper.kill_after = True
    licence_house.killed(licence_house.order())
    licence_house.stamper.kill_after = False
    licence_house.below.clock.advance(LONGEST)
    issued = licence_house.one()
    assert licence_house.run_due() == 0
    assert licence_house.one() == issued


def test_an_issuance_that_was_abandoned_while_it_went_on_lets_nothing_out(
    licence_house: LicenceHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = licence_house.stamper.stamper.stamp_documents

    def slow(*arguments: object) -> object:
        stamped = stamp(*arguments)  # type: ignore[arg-type]
        licence_house.below.clock.advance(LONGEST)
        assert licence_house.run_due() == 1
        return stamped

    monkeypatch.setattr(licence_house.stamper, "stamp", slow, raising=False)
    with pytest.raises(IssuanceAbandoned):
        licence_house.one()
    assert licence_house.states() == [IssuanceState.ABANDONED]
    assert "licence-issued" not in licence_house.events()


def test_many_at_once_get_a_number_each_and_one_number_one_licence(licence_house: LicenceHouse) -> None:
    results: list[str] = []
    refusals: list[str] = []

    def ask(number: int) -> None:
        try:
            results.append(licence_house.one(number).identifier.text)
        except IssuanceInProgress as busy:
            refusals.append(busy.code)

    threads = [threading.Thread(target=ask, args=(number,)) for number in (1, 2, 3, 1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) + len(refusals) == 6
    assert len(set(results)) == 3
    assert licence_house.states() == [IssuanceState.COMPLETED] * 3


def test_orders_that_cannot_be_are_refused_before_anything_is_recorded(licence_house: LicenceHouse) -> None:
    order = licence_house.order()
    for orders in (
        [],
        [order, order],
        [licence_house.order(1, business_number="n" * 101)],
        [replace(order, items={**order.items, "stranger": "1"})],
        [replace(order, items={**order.items, "companyName": ""})],
        [replace(order, expires_on=date(2020, 1, 1))],
    ):
        with pytest.raises(LicenceOrderMalformed):
            licence_house.issue(orders, licence_house.by)
    with pytest.raises(SealMissing):
        licence_house.issue([replace(order, seal=type(order.seal).parse("44000000000099"))], licence_house.by)
    assert licence_house.states() == []
