"""What the samples cannot show: time stamps, lists by digest, revocation before and after, ends since signing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from certs import profile
from certs.crl import Reason, Revocation
from certs.extensions import KeyUsage
from seal.judging.case import Case
from seal.model.placement import At, Protection, Riding
from seal.ofd.package import open_package
from seal.report import FINDINGS, HARMLESS, DocumentReport, Indication, Profile, Result
from seal.report_json import to_json
from seal.verification import examine
from tests.support import ofd
from tests.support.hierarchy import NOW, authority, crl_url, declare, leaf, province
from tests.support.sealed import DRAFT, Sealer, all_lists
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence

GOOD = Sealer()
LATER = NOW + timedelta(days=1)


def judge(sealer: Sealer, document: bytes | None = None, at: datetime = LATER, **more: Any) -> DocumentReport:
    return examine(sealer.stamp() if document is None else document, sealer.anchors, Evidence(), at, **more)


def codes(report: DocumentReport, number: int = -1) -> Mapping[str, str]:
    """The codes of one signature's findings, the harmless ones left out."""
    return {
        name: found.code
        for name, found in report.signatures[number].findings.items()
        if found.code is not None and found.code not in HARMLESS
    }


def test_a_good_sealing_passes_strictly_and_its_time_is_proven() -> None:
    report = judge(GOOD, profile=Profile.STRICT)
    assert report.indication is Indication.TOTAL_PASSED
    (signature,) = report.signatures
    assert signature.times.proven is not None
    assert signature.times.proven.at == NOW
    assert {name: one.result for name, one in signature.findings.items()} == dict.fromkeys(FINDINGS, Result.PASSED) | {
        "coverage": Result.INDETERMINATE,
        "changes": Result.NOT_APPLICABLE,
    }
    assert signature.remarks == frozenset()
    assert report.remarks == frozenset()


def test_the_report_says_the_same_in_a_hundred_years() -> None:
    """Everything that decided lies before the proven instant, and travels in the file."""
    report = judge(GOOD, at=NOW + timedelta(days=36500))
    assert report.indication is Indication.TOTAL_PASSED


def test_a_closed_document_covers_its_list() -> None:
    report = judge(GOOD, GOOD.stamp(None, At(1, 10, 10), protection=Protection.WHOLE))
    assert all(one.result in (Result.PASSED, Result.NOT_APPLICABLE) for one in report.signatures[0].findings.values())


@pytest.mark.parametrize(
    ("sealer", "expected"),
    [
        (replace(GOOD, flip_value=True), {"value": "value-wrong", "time": "timestamp-invalid"}),
        (replace(GOOD, flip_maker_value=True), {"seal": "maker-value-wrong"}),
        (replace(GOOD, listed=("person",)), {"seal": "signer-not-listed"}),
        (replace(GOOD, draft=replace(DRAFT, valid_to=NOW - timedelta(days=1))), {"seal": "seal-expired-at-signing"}),
        (replace(GOOD, draft=replace(DRAFT, valid_from=NOW + timedelta(days=1))), {"seal": "seal-expired-at-signing"}),
        (replace(GOOD, stamped_at=NOW - timedelta(minutes=5)), {"time": "time-order"}),
        (replace(GOOD, tsa="person"), {"time": "timestamp-invalid"}),
        (replace(GOOD, lists=()), {"certificate": "no-revocation-information"}),
    ],
    ids=["value", "maker", "list", "seal ended", "seal not begun", "stamped before", "no authority", "no list"],
)
def test_a_defect_is_named(sealer: Sealer, expected: Mapping[str, str]) -> None:
    assert codes(judge(sealer)) == expected


def test_a_list_of_digests_admits_by_digest() -> None:
    by_digest = replace(GOOD, draft=replace(DRAFT, by_digest=True))
    assert judge(by_digest).indication is Indication.TOTAL_PASSED
    assert codes(judge(replace(by_digest, listed=("person",)))) == {"seal": "signer-not-listed"}


def _revoked(who: str, since: datetime, seen: datetime) -> Sealer:
    pki = GOOD.pki
    above = "service_ca" if who == "tsa" else "seal_ca"
    entry = Revocation(pki[who].certificate.serial, since, Reason.CESSATION_OF_OPERATION)
    fresh = pki.crl(above, [entry], url=crl_url(above), this_update=seen - timedelta(minutes=5), number=2)
    return replace(GOOD, lists=(fresh, *(one for one in all_lists(pki) if one.issuer != fresh.issuer)))


def test_revoked_before_the_proven_time_fails() -> None:
    assert codes(judge(_revoked("sealer", NOW - timedelta(days=2), NOW))) == {"certificate": "revoked"}


def test_revoked_after_the_proven_time_changes_nothing() -> None:
    late = _revoked("sealer", NOW + timedelta(hours=2), LATER)
    both = replace(late, lists=(*(late.lists or ()), *all_lists(GOOD.pki)))
    assert judge(both).indication is Indication.TOTAL_PASSED


def test_revoked_after_a_time_that_nobody_proves_stays_open() -> None:
    late = replace(_revoked("sealer", NOW + timedelta(hours=2), LATER), tsa=None)
    both = replace(late, lists=(*(late.lists or ()), *all_lists(GOOD.pki)))
    report = judge(both)
    assert codes(report) == {"certificate": "revoked-unknown-order"}
    assert report.sub_indication == "REVOKED_NO_POE"


def test_a_maker_revoked_before_it_made_the_seal_fails() -> None:
    assert codes(judge(_revoked("maker", DRAFT.created_at - timedelta(days=1), NOW))) == {"seal": "maker-certificate"}


def test_a_revoked_time_stamp_authority_proves_nothing() -> None:
    assert codes(judge(_revoked("tsa", NOW - timedelta(days=1), NOW))) == {"time": "timestamp-invalid"}


def test_an_authority_that_is_not_accepted_proves_no_time() -> None:
    other = declare(elsewhere=authority(), stranger=leaf("elsewhere", profile.TIME_STAMP_AUTHORITY))
    stranger = replace(GOOD, pki=type(GOOD.pki)({**GOOD.pki, "tsa": other["stranger"]}))
    signature = judge(stranger).signatures[0]
    assert signature.times.proven is None
    assert signature.findings["time"].code == "claimed-only"


def test_what_ended_since_a_claimed_time_stays_open() -> None:
    report = judge(replace(GOOD, tsa=None), at=NOW + timedelta(days=3650))
    assert codes(report) == {"certificate": "expired-since-signing", "seal": "seal-expired-since-signing"}
    assert report.sub_indication == "OUT_OF_BOUNDS_NO_POE"


def test_without_anchors_trust_is_open_and_never_passed() -> None:
    report = examine(GOOD.stamp(), Anchors(), Evidence(), LATER)
    assert codes(report) == {"certificate": "no-anchor", "seal": "maker-no-anchor"}
    assert report.indication is Indication.INDETERMINATE


def test_a_certificate_for_something_else_seals_nothing() -> None:
    wrong = replace(profile.SEALER, key_usage=frozenset({KeyUsage.KEY_ENCIPHERMENT}))
    pki = province()
    pki["sealer"] = declare(**{**_declared(), "sealer": leaf("seal_ca", wrong)})["sealer"]
    assert codes(judge(replace(GOOD, pki=pki))) == {"certificate": "usage"}


def _declared() -> dict[str, Any]:
    return {"root": authority(path_length=2), "seal_ca": authority("root", path_length=0)}


def test_three_seals_are_judged_each_alone() -> None:
    once = GOOD.stamp(ofd.document(3))
    twice = GOOD.stamp(once, Riding())
    thrice = GOOD.stamp(twice, At(2, 10, 10))
    report = judge(GOOD, thrice)
    assert report.indication is Indication.TOTAL_PASSED
    assert len(report.signatures) == 3
    pages = {stamp.page_ref for stamp in _stamps(thrice, 1)}
    assert pages == {"1", "2", "3"}


def _stamps(document: bytes, number: int) -> Any:
    from seal.ofd.document import read_bodies
    from seal.ofd.signatures_xml import read_signatures

    package = open_package(document)
    found = read_signatures(package, read_bodies(package)[0])
    assert found is not None
    return found.signatures[number].stamps


def test_a_byte_changed_in_any_member_is_named() -> None:
    sealed = GOOD.stamp(None, At(1, 10, 10), protection=Protection.WHOLE)
    package = open_package(sealed)
    for path, data in package.members.items():
        if path.startswith("/Evidence/") or not data:
            continue
        changed = {**package.members, path: data[:-1] + bytes([data[-1] ^ 0x20])}
        report = judge(GOOD, ofd.zipped(changed))
        assert report.indication is Indication.TOTAL_FAILED, path
        if path.endswith(("Signature.xml", "SignedValue.dat")) or not report.signatures:
            continue
        assert report.signatures[0].findings["integrity"].code == "content-modified", path
        assert report.signatures[0].modified == (path,)


def test_a_member_taken_out_is_named() -> None:
    package = open_package(GOOD.stamp())
    left = {path: data for path, data in package.members.items() if not path.endswith("logo.png")}
    report = judge(GOOD, ofd.zipped(left))
    assert codes(report)["integrity"] == "member-missing"
    assert report.signatures[0].missing == ("/Doc_0/Res/logo.png",)


def test_a_swapped_seal_file_is_noticed() -> None:
    package = open_package(GOOD.stamp())
    other = replace(GOOD, draft=replace(DRAFT, name="另一枚印章")).seal()
    swapped = {path: other if path.endswith("Seal.esl") else data for path, data in package.members.items()}
    found = codes(judge(GOOD, ofd.zipped(swapped)))
    assert found == {"integrity": "content-modified", "seal": "seal-differs"}


def test_a_shown_member_added_after_sealing_is_noticed() -> None:
    package = open_package(GOOD.stamp())
    entry = package.members["/OFD.xml"].replace(
        b"</ofd:DocBody>", b"</ofd:DocBody><ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody>"
    )
    added = {**package.members, "/OFD.xml": entry, "/Doc_1/Document.xml": package.members["/Doc_0/Document.xml"]}
    found = codes(judge(GOOD, ofd.zipped(added)))
    assert found["coverage"] == "shown-but-unsigned"
    assert found["integrity"] == "content-modified"


def test_a_seal_alone_is_judged_as_of_now() -> None:
    seal = GOOD.seal()
    report = examine(seal, GOOD.anchors, GOOD.evidence, LATER)
    assert (report.format, report.indication) == ("seal", Indication.TOTAL_PASSED)
    assert report.signatures[0].findings["seal"].checks["seal_dates"] == "inside"
    ended = examine(seal, GOOD.anchors, GOOD.evidence, DRAFT.valid_to + timedelta(days=1))
    assert codes(ended) == {"seal": "seal-expired-at-signing"}


def test_what_cannot_be_read_proves_nothing_and_breaks_nothing() -> None:
    case = Case.open(Anchors(), Evidence((b"junk",), (b"junk",)), NOW, strict=False)
    assert (case.pool, case.lists) == ((), ())


def test_the_report_as_json_keeps_its_shape() -> None:
    members = to_json(judge(GOOD))
    assert list(members) == [
        "format", "digest", "judged_at", "indication", "sub_indication", "detail", "signatures", "remarks",
    ]  # fmt: skip
    (one,) = members["signatures"]
    assert list(one["findings"]) == list(FINDINGS)
    assert one["time"]["proven"]["at"] == "2026-03-01T08:00:00Z"
    assert one["seal"]["picture"] == {"type": "PNG", "width": 40, "height": 40}
