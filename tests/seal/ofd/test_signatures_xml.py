"""Signature lists and signature files as others write them, and the ways to make them ambiguous."""

import pytest

from seal.ofd.check_method import check_method
from seal.ofd.document import read_bodies
from seal.ofd.package import open_package
from seal.ofd.signatures_xml import SignatureFile, SignatureList, read_signatures
from tests.support.ofd import HEAD, NS, members
from tests.support.shared import sample
from tests.support.signatures import (
    LIST,
    SEAL,
    SIGNATURE,
    VALUE,
    reference,
    signature,
    signature_list,
    signed_document,
    signed_members,
)


def lists(data: bytes) -> list[SignatureList]:
    package = open_package(data)
    found = [read_signatures(package, body) for body in read_bodies(package)]
    return [one for one in found if one is not None]


def only(data: bytes) -> SignatureFile:
    ((one,),) = [found.signatures for found in lists(data)]
    return one


def test_a_sound_signature_file_is_read_without_remarks() -> None:
    one = only(signed_document())
    assert (one.id, one.type, one.path, one.value_path, one.seal_path) == ("1", "Seal", SIGNATURE, VALUE, SEAL)
    assert one.problems == ()
    assert one.remarks == frozenset()
    assert one.method == "1.2.156.10197.1.501"
    assert one.date_time == "20260101120000Z"
    assert one.provider == "synthetic"
    assert len(one.references) == len(members()) + 1
    assert str(one.stamps[0].visible) == "140 220 40 40"


@pytest.mark.parametrize(
    ("name", "types", "stamps"),
    [
        ("DigitalSign", ["Sign"], [0]),
        ("V4RideRight", ["Seal"], [5]),
        ("h", ["Seal", "Seal"], [5, 1]),
        ("koal-output", ["Seal", "Seal", "Seal", "Seal"], [1, 2, 1, 1]),
        ("licence-exploration", ["Sign", "Sign"], [0, 0]),
        ("v1-hnca-za-digests", ["Seal", "Seal", "Seal", "Seal"], [1, 1, 1, 1]),
        ("v1-kinggrid", ["Seal"], [1]),
        ("v4signed", ["Seal"], [1]),
    ],
)
def test_signatures_of_real_products_are_read_without_problems(name: str, types: list[str], stamps: list[int]) -> None:
    (found,) = lists(sample(f"ofd/{name}.ofd"))
    assert found.readable
    assert [one.type for one in found.signatures] == types
    assert [len(one.stamps) for one in found.signatures] == stamps
    assert [one.problems for one in found.signatures] == [()] * len(types)


def test_a_value_the_package_lacks_has_no_path() -> None:
    (found,) = lists(sample("ofd/koal-output.ofd"))
    assert [one.value_path is None for one in found.signatures] == [False, False, False, True]


def test_an_empty_list_is_a_list_without_signatures() -> None:
    (found,) = lists(sample("ofd/fake-stamp-annotation.ofd"))
    assert found.readable
    assert found.signatures == ()


def test_deviations_are_remarks() -> None:
    assert only(sample("ofd/v4signed.ofd")).remarks == {"type-missing", "seal-file-missing"}
    assert only(sample("ofd/koal-test.ofd")).remarks == {"path-repaired"}


@pytest.mark.parametrize(
    ("written", "name", "weak"),
    [
        ("1.2.156.10197.1.401", "sm3", False),
        ("SM3", "sm3", False),
        ("sm3", "sm3", False),
        ("1.2.156.10197.1.401.1", "sm3", False),
        ("1.2.156.10197.1.401.2", "sm3", False),
        ("SHA256", "sha256", False),
        ("SHA1", "sha1", True),
        ("1.3.14.3.2.26", "sha1", True),
        ("MD5", "md5", True),
        ("", "md5", True),
    ],
)
def test_digests_under_their_many_names(written: str, name: str, weak: bool) -> None:
    method = check_method(written)
    assert method is not None
    assert (method.name, method.weak) == (name, weak)


def test_an_unknown_digest_is_none_and_a_keyed_one_a_remark() -> None:
    assert check_method("SHA-3") is None
    method = check_method("1.2.156.10197.1.401.2")
    assert method is not None
    assert method.remarks == {"wrong-digest-oid-accepted"}


DOC = "/Doc_0/Document.xml"
GOOD = reference(DOC, members()[DOC])
STAMP = '<ofd:StampAnnot ID="2" PageRef="1" Boundary="%s"/>'
HOSTILE = {
    "two lists of references": signature(GOOD, after=f"<ofd:References>{GOOD}</ofd:References>"),
    "a second list in a foreign namespace": signature(GOOD, after='<x:References xmlns:x="urn:x"/>'),
    "a reference outside the list": signature(GOOD, after=reference("/OFD.xml", b"")),
    "a reference in a foreign namespace": signature(GOOD + '<x:Reference xmlns:x="urn:x" FileRef="/OFD.xml"/>'),
    "a member twice": signature(GOOD + GOOD),
    "a member twice with two digests": signature(GOOD + reference(DOC, b"")),
    "a member twice, once with doubled slashes": signature(GOOD + reference("//Doc_0//Document.xml", b"")),
    "a member twice, once relative": signature(GOOD + reference("../../Document.xml", b"")),
    "a member twice, once in capitals": signature(GOOD + reference("/DOC_0/DOCUMENT.XML", b"")),
    "a path with a dot": signature(reference("/./Doc_0/Document.xml", members()[DOC])),
    "a path that climbs": signature(reference("/Doc_0/../Doc_0/Document.xml", members()[DOC])),
    "a path that climbs by backslash": signature(reference("\\Doc_0\\..\\Doc_0\\Document.xml", members()[DOC])),
    "no references": signature(""),
    "no digest": signature(f'<ofd:Reference FileRef="{DOC}"/>'),
    "two digests in one reference": signature(
        f'<ofd:Reference FileRef="{DOC}"><ofd:CheckValue>AA==</ofd:CheckValue><ofd:CheckValue>AA==</ofd:CheckValue>'
        "</ofd:Reference>"
    ),
    "a digest that is no Base64": signature(
        f'<ofd:Reference FileRef="{DOC}"><ofd:CheckValue>*</ofd:CheckValue></ofd:Reference>'
    ),
    "two values": signature(GOOD).replace(
        "</ofd:Signature>", f"<ofd:SignedValue>{SEAL}</ofd:SignedValue></ofd:Signature>"
    ),
    "two seals": signature(GOOD, after="<ofd:Seal/>"),
    "two SignedInfo": signature(GOOD).replace("<ofd:SignedInfo>", "<ofd:SignedInfo/><ofd:SignedInfo>"),
    "a stamp outside": signature(GOOD).replace("<ofd:SignedValue>", STAMP % "1 1 1 1" + "<ofd:SignedValue>"),
    "a stamp without a place": signature(GOOD, stamp=STAMP % "1 1 1"),
    "a stamp at infinity": signature(GOOD, stamp=STAMP % "1e999 1 1 1"),
    "another root": f'{HEAD}<ofd:Other xmlns:ofd="{NS}"/>',
    "a root in a foreign namespace": f'{HEAD}<x:Signature xmlns:x="urn:x"/>',
    "a document type": "<!DOCTYPE x>" + signature(GOOD),
    "no XML": "Signature",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_ambiguous_signature_file_has_a_problem(name: str) -> None:
    problems = only(signed_document(xml=HOSTILE[name])).problems
    assert "malformed" in {problem.code for problem in problems}


ENTRY = f'<ofd:Signature ID="%s" Type="Seal" BaseLoc="{SIGNATURE}"/>'


def test_two_entries_for_one_signature_are_shared() -> None:
    (found,) = lists(signed_document(entries=[ENTRY % 1, ENTRY % 2]))
    assert [{problem.code for problem in one.problems} for one in found.signatures] == [{"value-shared"}] * 2


def test_two_signatures_with_one_value_are_shared() -> None:
    second = ENTRY.replace("Sign_0", "Sign_1") % 2
    made = signed_members()
    data = signed_document(
        entries=[ENTRY % 1, second], changes={"/Doc_0/Signs/Sign_1/Signature.xml": made[SIGNATURE] + b" "}
    )
    (found,) = lists(data)
    assert [{problem.code for problem in one.problems} for one in found.signatures] == [{"value-shared"}] * 2


def test_two_entries_with_one_id_are_malformed() -> None:
    other = ENTRY.replace("Sign_0", "Sign_1") % 1
    (found,) = lists(signed_document(entries=[ENTRY % 1, other]))
    assert all("malformed" in {problem.code for problem in one.problems} for one in found.signatures)


def test_an_entry_whose_file_is_missing_is_told() -> None:
    assert "signature-missing" in {
        problem.code for problem in only(signed_document(changes={SIGNATURE: None})).problems
    }


@pytest.mark.parametrize(
    "data",
    [
        b"no XML",
        b"<Other/>",
        signature_list().replace(b"ofd:Signature ", b"ofd:Wrap><ofd:Signature ").replace(b"/></", b"/></ofd:Wrap></"),
    ],
)
def test_an_unreadable_list_is_told(data: bytes) -> None:
    (found,) = lists(signed_document(changes={LIST: data}))
    assert not found.readable
    assert found.signatures == ()
