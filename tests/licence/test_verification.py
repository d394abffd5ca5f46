"""Whole licence files, really sealed: what verifiers answer, and why."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from licence.formats.identifier import LicenceIdentifier, LicenceTypeCode
from licence.formats.metadata import CopyNotes, Holder, Metadata, to_pairs
from licence.verdicts import Overall
from licence.verification import LicenceReport, examine
from seal.ofd.package import open_package
from seal.report import Result
from tests.support.ofd import HEAD, NS, members, zipped
from tests.support.registries import AT, BEGIN, BODY, OTHER_BODY, Region, entitlement, issuer, root
from tests.support.sealing_region import SealingRegion
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence
from trust.recognition.registry import Entry
from trust.recognition.trusted_set import TrustedSet
from trust.values.credit_code import CreditCode
from trust.values.holder import HolderCode
from trust.values.region import Area

TYPE = LicenceTypeCode.parse("11100000MB0143028R001")
HOME = SealingRegion()
LATER = AT + timedelta(days=1)
NOTHING = Evidence()


def identifier(body: CreditCode = BODY) -> LicenceIdentifier:
    return LicenceIdentifier(TYPE, body, "202600000001", 1)


def unsealed(body: CreditCode = BODY, **changes: Any) -> dict[str, bytes]:
    """The members of a small licence, some of its metadata changed."""
    given: dict[str, Any] = {
        "identifier": identifier(body),
        "type_name": "营业执照",
        "name": "营业执照",
        "number": "91440300MA9X000380",
        "defining_body": "示例总局",
        "issuer_name": "示例省市场监督管理局",
        "issued_on": date(2026, 3, 1),
        "area": Area("440300"),
        "holders": (Holder("示例有限公司", HolderCode.parse("001", "91440300MA9X000380")),),
    }
    metadata = Metadata(**{**given, **changes})
    data = "".join(f'<ofd:CustomData Name="{name}">{value}</ofd:CustomData>' for name, value in to_pairs(metadata))
    entry = (
        f'{HEAD}<ofd:OFD xmlns:ofd="{NS}" Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:DocID>00000000000000000000000000000001</ofd:DocID><ofd:CustomDatas>{data}</ofd:CustomDatas>"
        f"</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    return {**members(), "/OFD.xml": entry.encode()}


LICENCE = HOME.sealed(zipped(unsealed()))


def judge(
    document: bytes = LICENCE,
    entry: Entry | None = None,
    *,
    region: SealingRegion = HOME,
    at: datetime = LATER,
    max_age: timedelta | None = None,
) -> LicenceReport:
    entries = [issuer(entitlement())] if entry is None else [entry]
    return examine(document, region.anchors(*entries), NOTHING, at, max_age=max_age)


def why(report: LicenceReport, verdict: str) -> tuple[Result, str | None]:
    return report.verdicts[verdict].result, report.verdicts[verdict].code


def test_a_sealed_licence_is_accepted_as_of_its_time_stamp() -> None:
    report = judge()
    assert {name: why(report, name) for name in report.verdicts} == {
        "integrity": (Result.PASSED, None),
        "signer": (Result.PASSED, None),
        "seal": (Result.PASSED, None),
        "authority": (Result.PASSED, None),
        "status": (Result.INDETERMINATE, "not-known-since"),
        "presentation": (Result.PASSED, None),
    }
    assert (report.overall, report.as_of, report.identifier) == (Overall.ACCEPTED_AS_OF, AT, identifier().text)


def test_an_older_proof_than_asked_for_leaves_it_open() -> None:
    assert judge(max_age=timedelta(days=1)).overall is Overall.ACCEPTED_AS_OF
    too_old = judge(max_age=timedelta(hours=23))
    assert (too_old.overall, too_old.as_of) == (Overall.INDETERMINATE, None)


def test_before_it_was_sealed_nothing_is_accepted() -> None:
    assert judge(at=AT - timedelta(hours=1)).overall in {Overall.INDETERMINATE, Overall.REJECTED}


@pytest.mark.parametrize(
    ("entry", "code", "overall"),
    [
        (issuer(), "not-entitled", Overall.REJECTED),
        (issuer(entitlement("440400")), "outside-area", Overall.REJECTED),
        (issuer(entitlement(start=AT + timedelta(seconds=1))), "entitlement-not-yet", Overall.REJECTED),
        (issuer(entitlement(end=AT)), "entitlement-ended", Overall.REJECTED),
        (issuer(entitlement(), body=OTHER_BODY), "issuer-unknown", Overall.INDETERMINATE),
    ],
)
def test_a_good_seal_without_the_right_is_not_enough(entry: Entry, code: str, overall: Overall) -> None:
    report = judge(entry=entry)
    assert why(report, "authority")[1] == code
    assert why(report, "seal") == (Result.PASSED, None)
    assert report.overall is overall


def test_a_licence_of_body_b_sealed_by_body_a_is_rejected() -> None:
    foreign = HOME.sealed(zipped(unsealed(OTHER_BODY)))
    both = [issuer(entitlement()), issuer(entitlement(), body=OTHER_BODY, name="other")]
    report = examine(foreign, HOME.anchors(*both), NOTHING, LATER)
    assert why(report, "authority") == (Result.FAILED, "issuer-differs")
    assert report.overall is Overall.REJECTED


def test_a_seal_that_another_body_may_use_too_is_not_the_issuers() -> None:
    shared = SealingRegion(owner=OTHER_BODY)
    report = judge(shared.sealed(zipped(unsealed())), region=shared)
    assert why(report, "authority") == (Result.FAILED, "issuer-differs")


def test_another_province_cannot_vouch_for_seals_of_this_one() -> None:
    """A22: 330000 certifies a sealer with the code of a body of 440000."""
    forger = SealingRegion("330000", BODY)
    forged = forger.sealed(zipped(unsealed()))
    known = TrustedSet.load(root(HOME.region, forger.region))
    known = known.update(HOME.region.first(*HOME.entries(), issuer(entitlement())), AT)
    known = known.update(forger.region.first(*forger.entries(), issuer(entitlement("330000"))), AT)
    report = examine(forged, known.anchors(LATER), NOTHING, LATER)
    assert why(report, "signer") == (Result.INDETERMINATE, "no-anchor")
    assert report.overall is Overall.INDETERMINATE
    genuine = examine(LICENCE, known.anchors(LATER), NOTHING, LATER)
    assert genuine.overall is Overall.ACCEPTED_AS_OF


def test_a_registry_that_has_run_out_leaves_everything_open() -> None:
    late = AT + timedelta(days=30)
    known = TrustedSet.load(root(HOME.region)).update(HOME.region.first(*HOME.entries(), issuer(entitlement())), AT)
    assert examine(LICENCE, known.anchors(late), NOTHING, late).overall is Overall.INDETERMINATE


def test_without_a_time_stamp_the_claimed_time_is_told_as_such() -> None:
    report = judge(HOME.sealed(zipped(unsealed()), stamped=False))
    assert (report.overall, report.as_of) == (Overall.ACCEPTED_AS_OF, AT)
    assert report.verdicts["status"].evidence == {"claimed time": "2026-03-01T08:00:00Z"}


def test_metadata_outside_the_seal_are_no_metadata() -> None:
    report = judge(HOME.sealed_without(unsealed(), "/OFD.xml"))
    assert why(report, "integrity") == (Result.FAILED, "metadata-not-covered")
    assert report.overall is Overall.REJECTED


@pytest.mark.parametrize("path", ["/OFD.xml", "/Doc_0/Pages/Page_0/Content.xml", "/Doc_0/Signs/Sign_0/SignedValue.dat"])
def test_one_changed_byte_is_rejected(path: str) -> None:
    made = dict(open_package(LICENCE).members)
    value = bytearray(made[path])
    value[len(value) // 2] ^= 1
    assert judge(zipped({**made, path: bytes(value)})).overall is Overall.REJECTED


def test_a_second_seal_of_somebody_else_takes_nothing_away() -> None:
    other = SealingRegion("440000", OTHER_BODY)
    countersigned = other.sealed(LICENCE, AT + timedelta(hours=1), bundle=False)
    report = judge(countersigned)
    assert len(report.report.signatures) == 2
    assert why(report, "authority") == (Result.PASSED, None)
    assert report.overall is Overall.ACCEPTED_AS_OF


def test_a_revoked_sealer_is_told_as_revoked() -> None:
    revoked = SealingRegion(revoked=("sealer",))
    report = judge(revoked.sealed(zipped(unsealed())), region=revoked)
    assert why(report, "signer") == (Result.FAILED, "revoked")
    assert why(report, "integrity") == (Result.PASSED, None)


def test_without_evidence_revocation_stays_open() -> None:
    report = judge(HOME.sealed(zipped(unsealed()), bundle=False))
    assert why(report, "signer")[0] is Result.INDETERMINATE
    assert report.overall is Overall.INDETERMINATE


def test_without_a_registry_nobody_is_known() -> None:
    report = examine(LICENCE, Anchors(), NOTHING, LATER)
    assert (why(report, "authority")[1], why(report, "signer")[1]) == ("issuer-unknown", "no-anchor")
    assert report.overall is Overall.INDETERMINATE


@pytest.mark.parametrize(
    "document",
    [b"", b"PK", b"\x00" * 100, LICENCE[:2000], zipped({"/a": b"b"}), zipped(unsealed()), HOME.seal],
    ids=["empty", "head", "zeros", "cut", "zip", "unsealed", "seal"],
)
def test_whatever_is_no_sealed_licence_is_rejected_and_never_raises(document: bytes) -> None:
    report = judge(document)
    assert report.overall is Overall.REJECTED
    assert report.verdicts["integrity"].result is Result.FAILED


def test_a_sealed_document_without_metadata_is_no_licence() -> None:
    report = judge(HOME.sealed(zipped(members())))
    assert why(report, "integrity") == (Result.FAILED, "malformed")
    assert report.identifier is None


def test_the_entitlement_is_asked_at_the_time_of_sealing_not_of_judging() -> None:
    ended_since = issuer(entitlement("440000", BEGIN, AT + timedelta(hours=1)))
    assert judge(entry=ended_since).overall is Overall.ACCEPTED_AS_OF
    unstamped = judge(HOME.sealed(zipped(unsealed()), stamped=False), ended_since)
    assert why(unstamped, "authority") == (Result.INDETERMINATE, "entitlement-ended")


def test_regions_are_told_apart_by_the_area_of_the_licence() -> None:
    outside = HOME.sealed(zipped(unsealed(area=Area("330100"))))
    assert why(judge(outside), "authority") == (Result.FAILED, "outside-area")
    assert Region("330000").area.covers(Region("330100").area)


@pytest.mark.parametrize(
    ("expires_on", "at", "code"),
    [
        (date(2026, 3, 2), datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC), "not-known-since"),
        (date(2026, 3, 2), datetime(2026, 3, 2, 16, 0, 0, tzinfo=UTC), "expired"),  # midnight in China
        (date(9999, 12, 31), LATER, "not-known-since"),
    ],
)
def test_a_licence_is_good_to_the_end_of_its_last_day_in_china(expires_on: date, at: datetime, code: str) -> None:
    report = judge(HOME.sealed(zipped(unsealed(expires_on=expires_on))), at=at)
    assert why(report, "status")[1] == code
    assert report.overall is (Overall.REJECTED if code == "expired" else Overall.ACCEPTED_AS_OF)


def test_a_copy_is_told_as_expired_though_its_seal_is_good() -> None:
    notes = CopyNotes(AT, "示例平台", "办理示例事项", LATER)
    copy = HOME.sealed(zipped(unsealed(copy=notes)))
    assert judge(copy, at=LATER - timedelta(seconds=1)).overall is Overall.ACCEPTED_AS_OF
    expired = judge(copy, at=LATER)
    assert why(expired, "presentation") == (Result.FAILED, "copy-expired")
    assert why(expired, "integrity") == (Result.PASSED, None)


def test_metadata_beyond_the_calendar_are_refused_and_never_raise() -> None:
    notes = CopyNotes(AT, "示例平台", "办理示例事项", LATER)
    entry = unsealed(copy=notes)["/OFD.xml"].replace(b"20260302160000", b"00010101000000")
    report = judge(HOME.sealed(zipped({**members(), "/OFD.xml": entry})))
    assert why(report, "integrity") == (Result.FAILED, "malformed")
