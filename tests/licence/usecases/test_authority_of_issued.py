"""A licence sealed by a body that may not issue it is rejected by everybody whose registry says so."""

from datetime import datetime, timedelta

import pytest

from licence.usecases.issue_licences import Issued
from licence.verdicts import Overall
from licence.verification import LicenceReport, examine
from seal.report import Result
from tests.support.licence_house import TYPE, LicenceHouse
from tests.support.registries import Region, root
from trust.recognition.evidence import Evidence
from trust.recognition.registry import PURPOSES, Entitlement, Entry, EntryType, Standing, Status
from trust.recognition.trusted_set import TrustedSet
from trust.values.credit_code import CreditCode
from trust.values.region import Area

BODY_B = CreditCode.parse("11440000MB9X00015F")
OTHER_TYPE = "11100000000013127D001"


def judged(house: LicenceHouse, issued: Issued, *issuers: Entry) -> LicenceReport:
    """Judge with the house's authorities, but with these issuers of licences instead of its own."""
    at = house.below.clock.now()
    (own,) = house.registry.anchors(at).registries
    entries = [each for each in own.entries if each.type is not EntryType.LICENCE_ISSUER]
    region = Region("440000")
    file = region.first(*entries, *issuers, issued_at=at, next_update=at + timedelta(days=7))
    anchors = TrustedSet.load(root(region)).update(file, at).anchors(at)
    return examine(issued.document, anchors, Evidence(), at)


def issuer(body: CreditCode, since: datetime, *entitlements: Entitlement) -> Entry:
    return Entry(
        f"licence-issuer.{body.text.lower()}",
        EntryType.LICENCE_ISSUER,
        "示例省某局",
        (Standing(Status.GRANTED, since),),
        PURPOSES[EntryType.LICENCE_ISSUER],
        "示例〔2026〕1号",
        body=body,
        entitlements=entitlements,
    )


def test_the_body_that_may_is_accepted(licence_house: LicenceHouse) -> None:
    issued, at = licence_house.one(), licence_house.below.clock.now()
    body = issued.identifier.issuer
    report = judged(licence_house, issued, issuer(body, at, Entitlement(TYPE.text, Area.parse("440300"), at)))
    assert report.overall is Overall.ACCEPTED_AS_OF
    assert report.verdicts["authority"].result is Result.PASSED


@pytest.mark.parametrize(
    ("entitled_to", "area", "starts_after", "code"),
    [
        (OTHER_TYPE, "440000", timedelta(), "not-entitled"),
        (TYPE.text, "440100", timedelta(), "outside-area"),
        (TYPE.text, "440000", timedelta(seconds=1), "entitlement-not-yet"),
    ],
)
def test_a_body_without_the_entitlement_is_rejected(
    licence_house: LicenceHouse, entitled_to: str, area: str, starts_after: timedelta, code: str
) -> None:
    issued, at = licence_house.one(), licence_house.below.clock.now()
    body_a = issuer(issued.identifier.issuer, at, Entitlement(entitled_to, Area.parse(area), at + starts_after))
    body_b = issuer(BODY_B, at, Entitlement(TYPE.text, Area.parse("440000"), at))
    report = judged(licence_house, issued, body_a, body_b)
    assert report.overall is Overall.REJECTED
    authority = report.verdicts["authority"]
    assert (authority.result, authority.code) == (Result.FAILED, code)
    assert all(report.verdicts[name].result is Result.PASSED for name in ("integrity", "signer", "seal"))


def test_an_entitlement_that_ended_before_the_sealing_is_rejected(licence_house: LicenceHouse) -> None:
    issued, at = licence_house.one(), licence_house.below.clock.now()
    before = at - timedelta(days=2)
    ended = Entitlement(TYPE.text, Area.parse("440000"), before, at - timedelta(days=1))
    report = judged(licence_house, issued, issuer(issued.identifier.issuer, before, ended))
    assert (report.overall, report.verdicts["authority"].code) == (Overall.REJECTED, "entitlement-ended")


def test_a_body_that_nobody_knows_stays_open(licence_house: LicenceHouse) -> None:
    issued, at = licence_house.one(), licence_house.below.clock.now()
    report = judged(licence_house, issued, issuer(BODY_B, at, Entitlement(TYPE.text, Area.parse("440000"), at)))
    assert (report.overall, report.verdicts["authority"].code) == (Overall.INDETERMINATE, "issuer-unknown")
