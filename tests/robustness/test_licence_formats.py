"""Damaged licence files and codes: an answer or a typed error, never anything else."""

import random

import pytest

from certs import profile
from licence.errors import LicenceError, LicenceFileMalformed, QrMalformed
from licence.formats import base45, foreign_identifier, licence_file, qr
from licence.formats.identifier import LicenceIdentifier
from licence.formats.qr import LicenceClaims
from seal import claims
from seal.ofd.package import open_package
from tests.support.hierarchy import authority, declare, leaf
from tests.support.licences import document, metadata
from tests.support.ofd import zipped

PIECES = (
    b"<",
    b"&",
    b'"',
    b"]]>",
    b"\0",
    b"\xff",
    b"ofd:",
    b"999999999999",
    b"-1",
    b"../",
    "㛃".encode(),
    b"Item",
    b"",
)


def mutate(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        if not changed:
            break
        at = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at : at + chance.randint(1, 30)] = chance.choice(PIECES)
            case 2:
                changed[at:at] = changed[chance.randrange(len(changed)) :][: chance.randint(1, 60)]
            case 3:
                del changed[at : at + chance.randint(1, 60)]
    return bytes(changed)


@pytest.mark.parametrize("path", ["/OFD.xml", "/Doc_0/Tags/DataIndex.xml", "/Doc_0/Pages/Page_0/Content.xml"])
def test_damaged_members_of_a_licence_are_refused_or_read(path: str) -> None:
    members = {
        name: data
        for name, data in open_package(document()).members.items()
        if "Font" not in name and "Tpl" not in name
    }
    chance = random.Random(path)
    outcomes = set()
    for _ in range(700):
        damaged = members | {path: mutate(members[path], chance)}
        try:
            licence_file.read(zipped({name.removeprefix("/"): data for name, data in damaged.items()}))
            outcomes.add("read")
        except LicenceFileMalformed:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_damaged_codes_are_refused_or_read() -> None:
    sealer = declare(root=authority(), sealer=leaf("root", profile.SEALER))["sealer"]
    payload = qr.payload(LicenceClaims.of(metadata()))
    signed = claims.encode(sealer.certificate, payload, sealer.signer.sign(claims.to_sign(sealer.certificate, payload)))
    chance = random.Random("codes")
    for _ in range(6000):
        damaged = mutate(signed, chance)
        text = qr.to_text(damaged) if chance.random() < 0.7 else qr.PREFIX + base45.encode(mutate(damaged, chance))
        try:
            qr.from_text(text)
        except QrMalformed:
            continue


def test_damaged_identifiers_are_refused_or_read() -> None:
    good = metadata().identifier.text
    chance = random.Random("identifiers")
    for _ in range(6000):
        text = mutate(good.encode(), chance).decode("utf-8", "replace")
        for read in (LicenceIdentifier.parse, foreign_identifier.read):
            try:
                read(text)
            except LicenceError:
                continue
