"""Signing: what is prepared and embedded, what stays as it was, what is refused."""

from datetime import UTC, datetime

import pytest

from certs.sm import sm3
from seal.model.placement import At, Placement, Protection, Riding
from seal.ofd.coverage import coverage, stamp_problems, unsigned_members
from seal.ofd.document import read_bodies, read_document
from seal.ofd.errors import DocumentClosed, DocumentMalformed, PackageMalformed, PlacementOutsidePage
from seal.ofd.package import Package, open_package
from seal.ofd.reach import reach
from seal.ofd.signatures_writer import Provider
from seal.ofd.signatures_xml import SignatureList, read_signatures
from seal.ofd.signing import Picture, Prepared, embed, prepare
from tests.support.ofd import HEAD, NS, Raw, archive, document, members, zipped
from tests.support.shared import sample
from tests.support.signatures import LIST, signed_document
from trust.recognition import evidence
from trust.recognition.evidence import Evidence

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PROVIDER = Provider('合成 <签章> & "服务"', "综合", "1")
PICTURE = Picture(b"a synthetic seal", 40, 40)
VALUE = b"a synthetic signed value"


def prepared(data: bytes, *placements: Placement, protection: Protection = Protection.OPEN) -> Prepared:
    return prepare(
        open_package(data), PICTURE, placements or [At(1, 100, 100)], at=AT, provider=PROVIDER, protection=protection
    )


def sign(
    data: bytes, *placements: Placement, protection: Protection = Protection.OPEN, bundle: bytes | None = None
) -> bytes:
    return embed(prepared(data, *placements, protection=protection), VALUE, bundle)


def listing(package: Package) -> SignatureList:
    found = read_signatures(package, read_bodies(package)[0])
    assert found is not None
    return found


def assert_all_covered(data: bytes, count: int) -> None:
    package = open_package(data, strict=True)
    found, reached = listing(package), reach(package)
    assert len(found.signatures) == count
    for signature in found.signatures:
        assert signature.problems == ()
        assert signature.remarks == frozenset()
        assert signature.value_path is not None
        assert package.members[signature.value_path] == VALUE
        assert stamp_problems(package, read_document(package), signature) == ()
        seen = coverage(package, reached, signature, [found])
        assert seen.modified == seen.missing == seen.uncovered == ()
        assert seen.entries_uncovered == (found.path,)
    assert unsigned_members(package, reached, [found]) == ()


SIGNED = ["wps-unsigned", "gov-document-customtags", "doc1-root", "conf-6.2.003-relative-paths"]


@pytest.mark.parametrize("name", SIGNED)
def test_three_seals_on_a_real_document_leave_it_and_one_another_as_they_were(name: str) -> None:
    data = sample(f"ofd/{name}.ofd")
    before = open_package(data)
    once = sign(data)
    twice = sign(once, Riding())
    thrice = sign(twice, At(2, 10, 10))
    assert_all_covered(once, 1)
    assert_all_covered(twice, 2)
    assert_all_covered(thrice, 3)
    after = open_package(thrice)
    for path, content in before.members.items():
        assert path == "/OFD.xml" or after.members[path] == content
        assert path == "/OFD.xml" or after.entries[path].packed == before.entries[path].packed
    first = open_package(once).members
    assert all(after.members[path] == content for path, content in first.items() if path != listing(after).path)
    pages = len(read_document(before).pages)
    assert len(listing(after).signatures[1].stamps) == pages


@pytest.mark.parametrize("name", SIGNED)
def test_the_pointer_is_all_that_changes_in_the_entry(name: str) -> None:
    data = sample(f"ofd/{name}.ofd")
    old, new = (open_package(one).members["/OFD.xml"] for one in (data, sign(data)))
    start = next(i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    inserted = new[start : start + len(new) - len(old)]
    assert old[:start] + inserted + old[start:] == new
    assert inserted.count(b"Signatures>") == 2


def test_the_original_is_what_the_value_will_sign() -> None:
    made = prepared(document())
    data = embed(made, VALUE)
    package = open_package(data)
    (signature,) = listing(package).signatures
    assert signature.path == made.property_info == "/Doc_0/Signs/Sign_0/Signature.xml"
    assert signature.original == made.original
    assert sm3.digest(signature.original) == made.data_hash
    assert signature.provider == PROVIDER.name
    assert signature.date_time == "20260301080000Z"
    assert set(made.protected) == {*members(), "/Doc_0/Signs/Sign_0/Seal.esl"}


def test_the_same_order_gives_the_same_bytes() -> None:
    assert sign(document(3), Riding()) == sign(document(3), Riding())


def test_ids_rise_above_all_that_were_used() -> None:
    data = sign(sign(document(3), Riding(), At(1, 1, 1)), At(1, 50, 50))
    found = listing(open_package(data))
    assert [one.id for one in found.signatures] == ["s001", "s006"]
    assert [stamp.id for stamp in found.signatures[0].stamps] == ["s002", "s003", "s004", "s005"]
    assert found.max_sign_id == "s007"


def test_a_later_signature_covers_the_earlier_ones_files() -> None:
    made = prepared(sign(document()))
    earlier = "/Doc_0/Signs/Sign_0/"
    assert {earlier + name for name in ("Signature.xml", "SignedValue.dat", "Seal.esl")} <= set(made.protected)
    assert LIST not in made.protected


def test_a_whole_protected_document_takes_no_further_seal() -> None:
    data = sign(sign(document()), protection=Protection.WHOLE)
    package = open_package(data)
    found = listing(package)
    last = coverage(package, reach(package), found.signatures[-1], [found])
    assert last.entries_uncovered == last.uncovered == last.modified == ()
    with pytest.raises(DocumentClosed):
        prepared(data)
    with pytest.raises(DocumentClosed):
        prepared(sample("ofd/V4RideRight.ofd"))


def test_the_evidence_bundle_is_renewed_and_never_covered() -> None:
    first, second = evidence.encode(Evidence((b"first",))), evidence.encode(Evidence((b"second",)))
    once = sign(document(), bundle=first)
    twice = sign(once, bundle=second)
    package = open_package(twice)
    assert package.members["/Evidence/bundle.cbor"] == second
    assert "/Evidence/bundle.cbor" not in prepared(once).protected
    assert_all_covered(twice, 2)
    assert open_package(sign(once)).members["/Evidence/bundle.cbor"] == first


@pytest.mark.parametrize(
    ("name", "list_path", "folder"),
    [
        ("doc1-root", "/Doc_1/Signs/Signatures.xml", "/Doc_1/Signs/Sign_0"),
        ("v1-kinggrid", "/Doc_0/Signatures.xml", "/Doc_0/Signs/Sign_1"),
        ("koal-output", "/Doc_0/Signs/Signatures.xml", "/Doc_0/Signs/Sign_4"),
        ("fptpl", "/Doc_0/Signs/Signatures.xml", "/Doc_0/Signs/Sign_0"),
        ("fake-stamp-annotation", "/Doc_0/Signs/Signatures.xml", "/Doc_0/Signs/Sign_0"),
    ],
)
def test_the_new_files_stand_beside_those_that_are_there(name: str, list_path: str, folder: str) -> None:
    package = open_package(sign(sample(f"ofd/{name}.ofd")))
    found = listing(package)
    assert found.path == list_path
    assert found.signatures[-1].path == f"{folder}/Signature.xml"
    assert found.signatures[-1].problems == ()
    assert not {"/OFD.xml"} & set(coverage(package, reach(package), found.signatures[-1], [found]).modified)


def test_an_old_or_default_namespace_keeps_its_way_of_writing() -> None:
    entry = (
        '<OFD xmlns="http://www.ofdspec.org" Version="1.0"><DocBody><DocInfo/>'
        "<DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>"
    )
    package = open_package(sign(document(1, {"/OFD.xml": entry.encode()})))
    assert b"<Signatures>/Doc_0/Signs/Signatures.xml</Signatures></DocBody>" in package.members["/OFD.xml"]
    assert len(listing(package).signatures) == 1


@pytest.mark.parametrize(
    "data",
    [
        document(1, {"/OFD.xml": None}),
        document(1, {"/Doc_0/Document.xml": b"?"}),
        document(
            1, {"/OFD.xml": members()["/OFD.xml"].replace(b"</ofd:DocBody>", b"<!-- </ofd:DocBody> --></ofd:DocBody>")}
        ),
        document(1, {"/OFD.xml": members()["/OFD.xml"].replace(b"</ofd:DocBody>", b"<ofd:Signatures/></ofd:DocBody>")}),
        document(1, {"/Evidence/bundle.cbor": b"anything else"}),
        signed_document(changes={LIST: b"<broken"}),
        signed_document(changes={LIST: f'{HEAD}<ofd:Other xmlns:ofd="{NS}"/>'.encode()}),
    ],
)
def test_what_cannot_be_extended_without_harm_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentMalformed):
        prepared(data)


def test_a_package_that_can_be_read_in_two_ways_is_not_signed() -> None:
    made = [Raw(path.lstrip("/").encode(), content) for path, content in members().items()]
    with pytest.raises(PackageMalformed):
        prepared(archive([*made, Raw(b"ofd.XML", b"<other/>")]))


def test_a_seal_off_its_page_is_refused() -> None:
    with pytest.raises(PlacementOutsidePage):
        prepared(document(), At(1, 190, 10))


def test_every_changed_byte_of_a_sealed_file_is_named() -> None:
    data = sign(sign(document(2)), Riding())
    made = dict(open_package(data).members)
    for path, content in made.items():
        package = open_package(zipped({**made, path: content + b"\n"}))
        found = listing(package)
        seen = coverage(package, reach(package), found.signatures[1], [found])
        own = {LIST, "/Doc_0/Signs/Sign_1/Signature.xml", "/Doc_0/Signs/Sign_1/SignedValue.dat"}
        assert seen.modified == (() if path in own else (path,))
