"""Attacks on a sealed document as a whole, and what the public verifier must say of each (documents.md, OFD rows)."""

from collections.abc import Callable

import pytest

from seal.ofd.package import EVIDENCE, open_package
from seal.report import DocumentReport, Indication, Result
from seal.verification import examine
from tests.support.ofd import Raw, archive, document, zipped
from tests.support.seal_house import House, house
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence

__all__ = ["house"]

LIST = "/Doc_0/Signs/Signatures.xml"
FIRST = "/Doc_0/Signs/Sign_0/"
SECOND = "/Doc_0/Signs/Sign_1/"
Members = dict[str, bytes]


@pytest.fixture
def sealed(house: House) -> Members:
    """A document of two pages with two seals."""
    data = document(2)
    for key in ("one", "two"):
        (stamped,) = house.stamp([house.order(house.seal(), key, data)], house.by)
        data = stamped.document
    return dict(open_package(data).members)


def judge(house: House, data: bytes) -> DocumentReport:
    roots = Anchors.of_certificates(one for one in house.authority.authorities() if one.is_self_issued)
    return examine(data, roots, Evidence(), house.clock.now())


def failed(report: DocumentReport, number: int) -> set[str]:
    """Return the failed findings of a signature with their codes."""
    findings = report.signatures[number].findings
    return {f"{name} {found.code}" for name, found in findings.items() if found.result is Result.FAILED}


def replaced(path: str, old: bytes, new: bytes) -> Callable[[Members], Members]:
    def change(made: Members) -> Members:
        assert old in made[path]
        return {**made, path: made[path].replace(old, new, 1)}

    return change


def second_body(made: Members) -> Members:
    body = b"<ofd:DocBody><ofd:DocRoot>Doc_9/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    changed = replaced("/OFD.xml", b"</ofd:OFD>", body)(made)
    return {**changed, "/Doc_9/Document.xml": made["/Doc_0/Document.xml"]}


def other_version(made: Members) -> Members:
    version = (
        b'<ofd:Versions><ofd:Version ID="1" Index="1" Current="true" BaseLoc="V.xml"/></ofd:Versions><ofd:Signatures>'
    )
    changed = replaced("/OFD.xml", b"<ofd:Signatures>", version)(made)
    root = b'<DocVersion xmlns="http://www.ofdspec.org/2016"><DocRoot>/Doc_9/Document.xml</DocRoot></DocVersion>'
    return {**changed, "/V.xml": root, "/Doc_9/Document.xml": made["/Doc_0/Document.xml"]}


ATTACKS: dict[str, tuple[Callable[[Members], Members], set[str]]] = {
    "O1 a page changed": (
        replaced("/Doc_0/Pages/Page_0/Content.xml", "第1页".encode(), "第9页".encode()),
        {"integrity content-modified"},
    ),
    "O3 a protected member gone": (
        lambda made: {path: data for path, data in made.items() if path != "/Doc_0/Res/font.ttf"},
        {"integrity member-missing"},
    ),
    "O5 a second document": (second_body, {"integrity content-modified", "coverage shown-but-unsigned"}),
    "O5 another version shown": (other_version, {"integrity content-modified", "coverage shown-but-unsigned"}),
    "O5 another root": (
        replaced("/OFD.xml", b"Doc_0/Document.xml", b"/Doc_0//Document.xml"),
        {"integrity content-modified"},
    ),
    "O7 the seal moved": (
        replaced(FIRST + "Signature.xml", b'Boundary="100 100 ', b'Boundary="100 101 '),
        {"integrity data-hash-wrong"},
    ),
    "O7 the seal hidden": (
        replaced(FIRST + "Signature.xml", b'Boundary="100 100 ', b'Boundary="900 900 '),
        {"integrity data-hash-wrong", "structure malformed"},
    ),
    "O7 the seal on a page that does not exist": (
        replaced(FIRST + "Signature.xml", b'PageRef="1"', b'PageRef="9"'),
        {"integrity data-hash-wrong", "structure malformed"},
    ),
    "O14 a document type": (
        replaced(FIRST + "Signature.xml", b"<ofd:Signature ", b"<!DOCTYPE x><ofd:Signature "),
        {"structure malformed"},
    ),
    "O15 a second list of references": (
        replaced(FIRST + "Signature.xml", b"</ofd:SignedInfo>", b"<ofd:References/></ofd:SignedInfo>"),
        {"integrity data-hash-wrong", "structure malformed"},
    ),
    "O17 the seal swapped": (
        lambda made: {**made, FIRST + "Seal.esl": made[FIRST + "Seal.esl"][::-1]},
        {"integrity content-modified", "seal seal-differs"},
    ),
    "O17 the value of another signature": (
        lambda made: {**made, FIRST + "SignedValue.dat": made[SECOND + "SignedValue.dat"]},
        {"integrity data-hash-wrong"},
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_fails_and_is_named(house: House, sealed: Members, name: str) -> None:
    change, expected = ATTACKS[name]
    report = judge(house, zipped(change(sealed)))
    assert report.indication is Indication.TOTAL_FAILED
    assert expected <= failed(report, 0)


def test_a_weak_digest_counts_for_nothing(house: House, sealed: Members) -> None:
    report = judge(house, zipped(replaced(FIRST + "Signature.xml", b"1.2.156.10197.1.401", b"1.3.14.3.2.26")(sealed)))
    assert report.signatures[0].findings["structure"].code == "weak-algorithm"
    assert report.indication is Indication.TOTAL_FAILED


def test_a_signature_taken_off_the_list_leaves_the_other_judged_alone(house: House, sealed: Members) -> None:
    listed = sealed[LIST]
    start = listed.rindex(b"<ofd:Signature ")
    report = judge(house, zipped({**sealed, LIST: listed[:start] + listed[listed.index(b"/>", start) + 2 :]}))
    assert [one.indication for one in report.signatures] == [Indication.TOTAL_PASSED]
    assert "unsigned-member" in report.remarks


def test_a_later_signature_notices_that_an_earlier_one_is_gone(house: House, sealed: Members) -> None:
    listed = sealed[LIST]
    start = listed.index(b"<ofd:Signature ")
    kept = {path: data for path, data in sealed.items() if not path.startswith(FIRST)}
    report = judge(house, zipped({**kept, LIST: listed[:start] + listed[listed.index(b"/>", start) + 2 :]}))
    assert failed(report, 0) == {"integrity member-missing"}
    assert len(report.signatures[0].missing) == 3


def test_two_members_of_one_name_fail_every_signature(house: House, sealed: Members) -> None:
    entries = [Raw(path.lstrip("/").encode(), data) for path, data in sealed.items()]
    for name in (b"Doc_0/Document.xml", b"DOC_0/document.XML", b"Doc_0\\Document.xml"):
        report = judge(house, archive([*entries, Raw(name, b"<other/>")]))
        assert report.indication is Indication.TOTAL_FAILED
        assert [one.findings["structure"].code for one in report.signatures] == ["malformed"] * 2


def test_a_list_that_is_named_but_missing_fails(house: House, sealed: Members) -> None:
    report = judge(house, zipped({path: data for path, data in sealed.items() if path != LIST}))
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_FAILED, "FORMAT_FAILURE")


def test_evidence_of_somebody_else_is_not_believed(house: House, sealed: Members) -> None:
    report = judge(house, zipped({**sealed, EVIDENCE: b"anything"}))
    assert report.indication is Indication.INDETERMINATE
    assert "unsigned-member" in report.remarks
