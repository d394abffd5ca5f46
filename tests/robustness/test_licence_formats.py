"""Damaged licence files: an answer or a typed error, never anything else."""

import random

import pytest

from licence.errors import LicenceFileMalformed
from licence.formats import licence_file
from seal.ofd.package import open_package
from tests.support.licences import document
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
