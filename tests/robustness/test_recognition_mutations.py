"""Twenty thousand mutations of registries, roots and bundles: only errors of ours, and nothing accepted unnoticed."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.registries import AT
from tests.support.vectors import load
from trust.errors import TrustError
from trust.recognition import evidence, registry_file, registry_json, root_file
from trust.recognition.trusted_set import TrustedSet

MUTATIONS = 20_000
FILES = {vector.name: vector.data for vector in load("recognition")}
TRUSTED = TrustedSet.load(FILES["root-two-regions"])
PAYLOADS = [registry_file.read_file(FILES[name]).signed.payload for name in ("registry-first", "registry-second")]
TOKENS = [
    b"[",
    b"{",
    b'"',
    b"null",
    b"\\ud800",
    b"1e9",
    b"-1",
    b"true",
    b",",
    b"9" * 40,
    b"\x00",
    b"\xff",
    b"\xbf",
    b"\x9f",
]


def _mutate(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(6):
            case 0:
                changed[at : at + 1] = bytes((chance.randrange(256),))
            case 1:
                del changed[at : at + chance.choice((1, 1, 8, 64))]
            case 2:
                changed[at:at] = chance.choice(TOKENS)
            case 3:
                start = chance.randrange(len(changed) + 1)
                changed[at:at] = changed[start : start + chance.randrange(32)]
            case 4:
                changed[at : at + 1] = bytes((changed[at] ^ 1 << chance.randrange(8),)) if at < len(changed) else b""
            case _:
                start = chance.randrange(len(changed) + 1)
                changed[at : at + 4] = changed[start : start + 4]
    return bytes(changed)


def _adopt(data: bytes) -> bytes:
    TRUSTED.update(data, AT)
    return data  # adopted only when it is the signed file itself


DECODERS: list[tuple[str, list[bytes], Callable[[bytes], Any], Callable[[Any], bytes]]] = [
    ("payload", PAYLOADS, registry_json.decode, registry_json.encode),
    ("file", [FILES["registry-first"], FILES["registry-second"]], _adopt, bytes),
    ("root", [FILES["root-two-regions"]], root_file.decode, root_file.encode),
    ("bundle", [FILES["bundle-two-certificates"], FILES["bundle-empty"]], evidence.decode, evidence.encode),
]


@pytest.mark.parametrize(("name", "seeds", "decode", "encode"), DECODERS, ids=[each[0] for each in DECODERS])
def test_mutations_are_refused_with_errors_of_ours(
    name: str, seeds: list[bytes], decode: Callable[[bytes], Any], encode: Callable[[Any], bytes]
) -> None:
    chance = random.Random(f"recognition {name}")
    for _ in range(MUTATIONS):
        seed = chance.choice(seeds)
        data = _mutate(seed, chance)
        try:
            value = decode(data)
        except TrustError:
            continue
        if name == "file":
            assert data in seeds
        elif name == "root":
            assert decode(encode(value)) == value
        else:
            assert encode(value) == data
