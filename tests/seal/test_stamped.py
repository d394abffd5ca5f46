"""What we stamp, seen by the public verifier: it passes, stays valid under later seals, and every change is named."""

from datetime import datetime, timedelta

import pytest

from seal.model.placement import At, Placement, Riding
from seal.ofd.document import read_document
from seal.ofd.package import EVIDENCE, open_package
from seal.report import DocumentReport, Indication, Profile
from seal.verification import examine
from tests.support.ofd import document, zipped
from tests.support.seal_house import House
from tests.support.shared import sample
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence

REAL = ["wps-unsigned", "gov-document-customtags", "doc1-root", "conf-6.2.003-relative-paths"]
LIST = "/Doc_0/Signs/Signatures.xml"


def judge(house: House, data: bytes, at: datetime | None = None, profile: Profile = Profile.INTEROP) -> DocumentReport:
    roots = Anchors.of_certificates(one for one in house.authority.authorities() if one.is_self_issued)
    return examine(data, roots, Evidence(), at or house.clock.now(), profile)


def stamp_thrice(house: House, data: bytes) -> bytes:
    seals = [house.seal("one"), house.seal("two"), house.seal("one")]
    places: tuple[Placement, ...] = (At(1, 100, 100), Riding(), At(2, 20, 20))
    for seal, key, place in zip(seals, "abc", places, strict=True):
        (stamped,) = house.stamp([house.order(seal, key, data, [place])], house.by)
        house.clock.advance(timedelta(minutes=1))
        data = stamped.document
    return data


@pytest.mark.parametrize("name", REAL)
def test_a_real_document_with_three_seals_passes(house: House, name: str) -> None:
    data = sample(f"ofd/{name}.ofd")
    sealed = stamp_thrice(house, data)
    for profile in Profile:
        report = judge(house, sealed, profile=profile)
        assert [one.indication for one in report.signatures] == [Indication.TOTAL_PASSED] * 3
        assert report.indication is Indication.TOTAL_PASSED
        assert [one.form for one in report.signatures] == ["ses-v4"] * 3
        assert all(not one.remarks for one in report.signatures)
        assert all(one.times.proven is not None for one in report.signatures)
        assert "unsigned-member" not in report.remarks
    before, after = open_package(data), open_package(sealed)
    assert all(after.members[path] == content for path, content in before.members.items() if path != "/OFD.xml")


@pytest.mark.parametrize("name", REAL)
def test_a_riding_seal_shows_on_every_page(house: House, name: str) -> None:
    data = sample(f"ofd/{name}.ofd")
    (stamped,) = house.stamp([house.order(house.seal(), "key", data, [Riding()])], house.by)
    package = open_package(stamped.document)
    pages = read_document(package).pages
    signature = package.members[f"/{'Doc_1' if name == 'doc1-root' else 'Doc_0'}/Signs/Sign_0/Signature.xml"]
    assert signature.count(b"<ofd:StampAnnot ") == len(pages)
    assert all(signature.count(f' PageRef="{page.id}" '.encode()) == 1 for page in pages)


def test_it_still_passes_years_later_when_every_certificate_has_ended(house: House) -> None:
    sealed = stamp_thrice(house, document(2))
    report = judge(house, sealed, house.clock.now() + timedelta(days=1_000))
    assert [one.indication for one in report.signatures] == [Indication.TOTAL_PASSED] * 3


def test_without_its_evidence_it_is_open_and_not_wrong(house: House) -> None:
    sealed = stamp_thrice(house, document(2))
    members = dict(open_package(sealed).members)
    del members[EVIDENCE]
    report = judge(house, zipped(members))
    assert report.indication is Indication.INDETERMINATE
    assert all(one.findings["integrity"].result.value == "passed" for one in report.signatures)


def test_one_byte_changed_in_any_member_is_named(house: House) -> None:
    sealed = stamp_thrice(house, document(2))
    made = dict(open_package(sealed).members)
    for path, content in made.items():
        if path == EVIDENCE:
            continue
        middle = len(content) // 2
        changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        report = judge(house, zipped({**made, path: changed}))
        assert report.indication is Indication.TOTAL_FAILED, path
        named = {member for one in report.signatures for member in (*one.modified, *one.missing)}
        own = {LIST, "/Doc_0/Signs/Sign_2/Signature.xml", "/Doc_0/Signs/Sign_2/SignedValue.dat"}
        assert report.failure is not None or path in named or path in own, path


def test_a_change_in_the_value_or_the_original_names_the_finding(house: House) -> None:
    sealed = stamp_thrice(house, document(2))
    made = dict(open_package(sealed).members)
    value = "/Doc_0/Signs/Sign_2/SignedValue.dat"
    for place in (200, len(made[value]) // 2, len(made[value]) - 3_000):
        changed = made[value][:place] + bytes([made[value][place] ^ 1]) + made[value][place + 1 :]
        report = judge(house, zipped({**made, value: changed}))
        assert [one.indication for one in report.signatures[:2]] == [Indication.TOTAL_PASSED] * 2
        failed = {name for name, found in report.signatures[2].findings.items() if found.result.value == "failed"}
        assert failed & {"structure", "value", "seal", "certificate", "time", "integrity"}
    original = "/Doc_0/Signs/Sign_2/Signature.xml"
    moved = made[original].replace(b'Boundary="20 20 ', b'Boundary="21 20 ')
    report = judge(house, zipped({**made, original: moved}))
    assert report.signatures[2].findings["integrity"].code == "data-hash-wrong"


def test_a_member_added_or_taken_away_is_named(house: House) -> None:
    (stamped,) = house.stamp([house.order(house.seal())], house.by)
    made = dict(open_package(stamped.document).members)
    report = judge(house, zipped({**made, "/Doc_0/Res/extra.png": b"x"}))
    assert report.remarks == {"unsigned-member"}
    gone = {path: data for path, data in made.items() if path != "/Doc_0/Res/logo.png"}
    report = judge(house, zipped(gone))
    assert report.signatures[0].missing == ("/Doc_0/Res/logo.png",)
    assert report.signatures[0].findings["integrity"].code == "member-missing"
    hidden = b'<x:Page xmlns:x="urn:x" ID="9" BaseLoc="hidden.xml"/></ofd:Pages>'
    page = made["/Doc_0/Document.xml"].replace(b"</ofd:Pages>", hidden)
    report = judge(house, zipped({**made, "/Doc_0/Document.xml": page, "/Doc_0/hidden.xml": b"<Page/>"}))
    assert report.signatures[0].uncovered == ("/Doc_0/hidden.xml",)
