"""Twenty thousand mutations of registries, roots and bundles: only errors of ours, and nothing accepted unnoticed."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.registries import AT
from tests.support.vectors import load
from trust.errors import TrustError
from trust.recognition import evidence, registry_file, registry_json, root_file, strict_json
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


JUNK: list[Any] = [
    None, True, 0, -1, 10**14, "", "x" * 600, "440000", "2026-03-01T08:00:00Z", "granted", "ca", [], {}, [[]], [{}],
    {"type": "ca"}, ["seal-signing"], "\u202e", "é",
]  # fmt: skip


def _mutate_tree(data: bytes, chance: random.Random) -> bytes:
    """Put something else into one place of the tree, and write it in the one spelling."""
    tree = json.loads(data)
    places: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        keys: Any = node if isinstance(node, dict) else range(len(node))
        places += [(node, key) for key in keys]
        waiting += [node[key] for key in keys if isinstance(node[key], dict | list)]
    node, key = chance.choice(places)
    match chance.randrange(4):
        case 0:
            del node[key]
        case 1:
            other, name = chance.choice(places)
            node[key] = copy.deepcopy(other[name])
        case 2 if isinstance(node, dict):
            node[chance.choice(("x", "to", "jwk", "body", "certificate"))] = copy.deepcopy(node[key])
        case _:
            node[key] = copy.deepcopy(chance.choice(JUNK))
    return strict_json.encode(tree)


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


@pytest.mark.parametrize(
    ("decode", "encode", "seeds"),
    [
        (registry_json.decode, registry_json.encode, PAYLOADS),
        (root_file.decode, root_file.encode, [FILES["root-two-regions"]]),
    ],
    ids=["payload", "root"],
)
def test_wrong_values_in_right_json_are_refused_with_errors_of_ours(
    decode: Callable[[bytes], Any], encode: Callable[[Any], bytes], seeds: list[bytes]
) -> None:
    chance = random.Random("recognition trees")
    accepted = 0
    for _ in range(MUTATIONS):
        data = _mutate_tree(chance.choice(seeds), chance)
        try:
            value = decode(data)
        except TrustError:
            continue
        assert encode(value) == data
        accepted += 1
    assert accepted  # a change of a name or a basis is none that a reader could notice
