"""What a signature covers, what was changed, and what is shown besides (attacks O1 to O7)."""

import pytest

from seal.ofd.coverage import Coverage, coverage, stamp_problems, unsigned_members
from seal.ofd.document import read_bodies, read_document
from seal.ofd.package import open_package
from seal.ofd.reach import reach
from seal.ofd.signatures_xml import read_signatures
from tests.support.ofd import members
from tests.support.shared import sample
from tests.support.signatures import LIST, SEAL, SIGNATURE, VALUE, reference, signature, signed_document
from trust.recognition import evidence
from trust.recognition.evidence import Evidence


def look(data: bytes) -> list[Coverage]:
    package = open_package(data)
    lists = [one for body in read_bodies(package) if (one := read_signatures(package, body)) is not None]
    reached = reach(package)
    return [coverage(package, reached, one, lists) for found in lists for one in found.signatures]


def extras(data: bytes) -> tuple[str, ...]:
    package = open_package(data)
    lists = [one for body in read_bodies(package) if (one := read_signatures(package, body)) is not None]
    return unsigned_members(package, reach(package), lists)


def test_a_sound_document_is_covered_but_for_its_open_list() -> None:
    (seen,) = look(signed_document())
    assert set(seen.covered) == {*members(), SEAL}
    assert seen.modified == seen.missing == seen.uncovered == ()
    assert seen.entries_uncovered == (LIST,)
    assert extras(signed_document()) == ()


@pytest.mark.parametrize("path", [*members(), SEAL])
def test_each_changed_member_is_named(path: str) -> None:
    changed = open_package(signed_document()).members[path] + b"\n"
    (seen,) = look(signed_document(changes={path: changed}))
    assert seen.modified == (path,)
    assert seen.uncovered == ()


@pytest.mark.parametrize("path", [path for path in members() if path != "/OFD.xml"])
def test_each_class_of_shown_member_left_out_of_the_references_is_named(path: str) -> None:
    (seen,) = look(signed_document(leave_out=[path]))
    assert seen.uncovered == (path,)


def test_an_entry_left_out_is_told_apart() -> None:
    (seen,) = look(signed_document(leave_out=["/OFD.xml"]))
    assert seen.uncovered == ()
    assert seen.entries_uncovered == ("/OFD.xml", LIST)


def test_a_member_that_is_gone_is_missing() -> None:
    (seen,) = look(signed_document(changes={"/Doc_0/Res/logo.png": None}))
    assert seen.missing == ("/Doc_0/Res/logo.png",)


def test_an_unsigned_extra_member_is_told_and_the_evidence_is_not() -> None:
    bundle = evidence.encode(Evidence((b"a certificate",)))
    data = signed_document(changes={"/Doc_0/extra.bin": b"x", "/Evidence/bundle.cbor": bundle})
    assert extras(data) == ("/Doc_0/extra.bin",)


def test_what_only_stands_in_the_place_of_the_evidence_is_an_unsigned_member() -> None:
    assert extras(signed_document(changes={"/Evidence/bundle.cbor": b"x"})) == ("/Evidence/bundle.cbor",)


def test_a_second_document_added_later_is_uncovered() -> None:
    entry = open_package(signed_document(leave_out=["/OFD.xml"])).members["/OFD.xml"]
    added = entry.replace(
        b"</ofd:OFD>", b"<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    document = members()["/Doc_0/Document.xml"]
    (seen,) = look(
        signed_document(leave_out=["/OFD.xml"], changes={"/OFD.xml": added, "/Doc_1/Document.xml": document})
    )
    assert seen.uncovered == ("/Doc_1/Document.xml",)


def test_an_unknown_digest_matches_nothing() -> None:
    made = members()
    xml = signature(reference("/OFD.xml", made["/OFD.xml"]), method="SHA-3")
    (seen,) = look(signed_document(xml=xml))
    assert seen.modified == ("/OFD.xml",)


@pytest.mark.parametrize(
    ("stamp", "problems"),
    [
        ('PageRef="1" Boundary="140 220 40 40"', 0),
        ('PageRef="1" Boundary="202 40 40 40" Clip="0 0 8 40"', 0),
        ('PageRef="1" Boundary="-32 40 40 40" Clip="32 0 8 40"', 0),
        ('PageRef="1" Boundary="300 40 40 40"', 1),
        ('PageRef="1" Boundary="-50 40 40 40"', 1),
        ('PageRef="1" Boundary="10 10 0 40"', 1),
        ('PageRef="1" Boundary="10 10 40 40" Clip="0 0 0 0"', 1),
        ('PageRef="1" Boundary="10 10 40 40" Clip="0 900 40 40"', 1),
        ('PageRef="9" Boundary="10 10 40 40"', 1),
        ('PageRef="" Boundary="10 10 40 40"', 1),
    ],
)
def test_a_stamp_must_be_seen_on_a_page(stamp: str, problems: int) -> None:
    xml = signature(reference("/OFD.xml", b""), stamp=f'<ofd:StampAnnot ID="2" {stamp}/>')
    package = open_package(signed_document(xml=xml))
    found = read_signatures(package, read_bodies(package)[0])
    assert found is not None
    assert len(stamp_problems(package, read_document(package), found.signatures[0])) == problems


SHOWN_BUT_UNSIGNED = {("licence-exploration", 1): ("/Doc_0/Annots/Annotations.xml",)}
OPEN = {
    "DigitalSign": ["l"],
    "V4RideRight": [""],
    "gen_13_riding_seal": [""],
    "h": ["", "l"],
    "image-seal": ["l"],
    "image-signs": ["l"],
    "invoice-sample-tampered": ["l"],
    "koal-output": ["el", "el", "el", "l"],
    "koal-test": ["el"],
    "licence-exploration": ["el", ""],
    "v1-hnca-za-digests": ["l", "l", "l", "l"],
    "v1-kinggrid": ["l"],
    "v4signed": ["l"],
}


@pytest.mark.parametrize("name", OPEN)
def test_the_samples_are_covered_as_their_table_says(name: str) -> None:
    for number, (seen, entries) in enumerate(zip(look(sample(f"ofd/{name}.ofd")), OPEN[name], strict=True), 1):
        assert seen.uncovered == SHOWN_BUT_UNSIGNED.get((name, number), ())
        assert ("/OFD.xml" in seen.entries_uncovered) == ("e" in entries)
        assert len(seen.entries_uncovered) == len(entries)
        assert SIGNATURE not in seen.uncovered
        assert VALUE not in seen.uncovered


def test_the_tampered_invoice_names_its_changed_member() -> None:
    (seen,) = look(sample("ofd/invoice-sample-tampered.ofd"))
    assert seen.modified == ("/Doc_0/Document.xml",)
    first, second = look(sample("ofd/h.ofd"))
    assert first.modified == ("/Doc_0/Signs/Signatures.xml",)
    assert second.modified == ()
