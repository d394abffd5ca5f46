"""Damaged sealed files are examined to the end: a report each time, never an error, and no acceptance of other content."""

import random
from datetime import timedelta

import pytest

from licence import verification as licences
from licence.verdicts import Overall
from seal import report_json, report_words
from seal.ofd.package import open_package
from seal.report import Indication, Profile
from seal.verification import examine
from tests.licence.test_verification import HOME, LATER, LICENCE
from tests.robustness.test_der_mutations import SEALING, first_sealing, message
from tests.robustness.test_licence_mutations import CBOR_PIECES, XML_PIECES
from tests.support.hierarchy import NOW
from tests.support.mutation import DER_PIECES, mutate, mutate_inside
from tests.support.ofd import zipped
from tests.support.registries import entitlement, issuer
from tests.support.sealed import Sealer
from trust.recognition.evidence import Evidence

MUTATIONS = 2_000
NOTHING = Evidence()
SEALER = Sealer()
TWICE = SEALER.stamp(SEALER.stamp())
SEALED_AT = NOW + timedelta(days=1)
VALUES = {
    "seal": SEALER.seal(),
    "sealing": SEALING,
    "sealing of 2014": first_sealing(),
    "message": message(),
    "bare value": SEALER.pki["sealer"].signer.sign(b"original"),
}


def damaged(members: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    """Change the content of one or two members, each in the way its format notices last; or drop or swap members."""
    found = dict(members)
    for _ in range(chance.choice((1, 1, 2))):
        path = chance.choice(sorted(found))
        match chance.randrange(8):
            case 0:
                del found[path]
            case 1:
                found[path] = chance.choice(list(members.values()))
            case _ if path.endswith((".dat", ".esl")):
                found[path] = mutate_inside(found[path], chance, DER_PIECES)
            case _:
                pieces = CBOR_PIECES if path.endswith(".cbor") else XML_PIECES
                found[path] = mutate(found[path], chance, pieces) if found[path] else b"<"
    return found or dict(members)


def test_sealed_documents_are_examined_whatever_happened_to_them() -> None:
    members, chance = dict(open_package(TWICE).members), random.Random("sealed")
    indications = set()
    for _ in range(MUTATIONS):
        changed = damaged(members, chance)
        report = examine(zipped(changed, method=0), SEALER.anchors, NOTHING, SEALED_AT)
        report_json.to_json(report)
        list(report_words.lines(report, chinese=True))
        indications.add(report.indication)
        if report.indication is Indication.TOTAL_PASSED and changed["/OFD.xml"] == members["/OFD.xml"]:
            assert {path: changed[path] for path in members if path.startswith("/Doc_0/Pages/")} == {
                path: data for path, data in members.items() if path.startswith("/Doc_0/Pages/")
            }
    assert indications >= {Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE}


@pytest.mark.parametrize("profile", Profile)
def test_sealed_documents_with_damaged_archives_are_examined(profile: Profile) -> None:
    chance = random.Random(f"archive {profile}")
    for _ in range(MUTATIONS):
        report = examine(mutate(TWICE, chance), SEALER.anchors, NOTHING, SEALED_AT, profile)
        report_json.to_json(report)


@pytest.mark.parametrize("name", VALUES)
def test_damaged_values_alone_are_examined(name: str) -> None:
    chance = random.Random(f"value {name}")
    for number in range(MUTATIONS):
        changed = (mutate_inside if number % 2 else mutate)(VALUES[name], chance)
        report = examine(changed, SEALER.anchors, SEALER.evidence, SEALED_AT, original=b"original")
        report_json.to_json(report)


def test_licences_are_examined_whatever_happened_to_them() -> None:
    members, chance = dict(open_package(LICENCE).members), random.Random("licence")
    anchors, words = HOME.anchors(issuer(entitlement())), set()
    for _ in range(MUTATIONS):
        report = licences.examine(zipped(damaged(members, chance), method=0), anchors, NOTHING, LATER)
        report.to_json()
        words.add(report.overall)
    assert words >= {Overall.ACCEPTED_AS_OF, Overall.INDETERMINATE, Overall.REJECTED}
