"""Twenty thousand mutations of codes, signed claims, metadata and layouts each: only errors of ours."""

import copy
import json
import random
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from certs.errors import InvalidSignature
from licence.formats import base45, foreign_identifier, licence_file, qr
from licence.formats.identifier import LicenceIdentifier
from licence.formats.metadata import from_pairs, to_pairs
from licence.formats.qr import LicenceClaims
from licence.pages import description, layout, ofd
from seal import claims
from seal.ofd.package import Package, open_package
from tests.support.hierarchy import province
from tests.support.licences import VALUES, business_layout, metadata, type_data
from tests.support.mutation import mutate
from trust.errors import TrustError
from trust.recognition import cbor

MUTATIONS = 20_000
SEALER = province()["sealer"]
STATED = metadata()
PAYLOAD = qr.payload(LicenceClaims.of(STATED))
SIGNED = claims.encode(SEALER.certificate, PAYLOAD, SEALER.signer.sign(claims.to_sign(SEALER.certificate, PAYLOAD)))
CODE = qr.to_text(SIGNED)
PAIRS = list(to_pairs(STATED))
CBOR_PIECES = (
    b"\xbf",
    b"\x9f",
    b"\xff",
    b"\x1b" + b"\xff" * 8,
    b"\x5a\xff\xff\xff\xff",
    b"\xf6",
    b"\xfb",
    b"\xd2",
    b"\xa0",
)
XML_PIECES = (b"<", b"/>", b"&", b"&#0;", b'"', b"\0", b"\xff", b"<!DOCTYPE a>", b"..", b"-1", b" ")
WORDS = ("", "\0", "9" * 400, "-1", "2026-02-30", "9999-12-31", "\u202e", "𠅤", "0", "长期", "A" * 18, "440300", "１")
JUNK: tuple[Any, ...] = (None, True, -1, 1e308, float("nan"), "", "x" * 600, [], {}, [[]], "#fff", [0, 0, 9, 9], 10**30)


def small() -> Package:
    """A licence with three items on its page and the index of them."""
    whole = business_layout()
    described = replace(whole, drawings=(), labels=(), items=whole.items[:3], code=None)
    page = layout.lay_out(described, {name: VALUES[name] for name, _ in described.items if name in VALUES})
    info = ofd.DocumentInfo("0" * 32, STATED.name, STATED.issuer_name, STATED.issued_on, to_pairs(STATED))
    return open_package(ofd.write(page, info))


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def look_at_code(data: bytes) -> None:
    stated, signed = qr.from_text(text_of(data))
    if text_of(data) != CODE:
        agrees(stated, signed)


def look_at_claims(data: bytes) -> None:
    agrees(*qr.from_text(qr.to_text(data)))


def agrees(stated: LicenceClaims, signed: claims.SignedClaims) -> None:
    """A code that still reads says the same thing, or its signature does not hold."""
    if not stated.agree_with(STATED):
        with pytest.raises(InvalidSignature):
            signed.verify(SEALER.certificate)


def look_at_cbor(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except cbor.NotCbor as wrong:
        raise claims.ClaimsMalformed(str(wrong)) from wrong
    assert cbor.encode(value) == data


def look_at_base45(data: bytes) -> None:
    try:
        assert base45.encode(base45.decode(text_of(data))) == text_of(data)
    except ValueError as wrong:
        raise claims.ClaimsMalformed(str(wrong)) from wrong


def look_at_identifier(data: bytes) -> None:
    with suppress(TrustError):
        foreign_identifier.read(text_of(data))
    assert LicenceIdentifier.parse(text_of(data)).text == text_of(data)


def look_at_index(data: bytes) -> None:
    licence_file.read(Package({**SOUND.members, INDEX: data}, SOUND.entries, (), frozenset()))


SOUND = small()
INDEX = next(path for path, data in SOUND.members.items() if b"LicenceDataIndex" in data and b"ObjectRef" in data)
BYTES: dict[str, tuple[Callable[[bytes], None], bytes, tuple[bytes, ...]]] = {
    "code": (look_at_code, CODE.encode(), (b"ZZ1:", b"%", b":", b"\xc3\xa9")),
    "claims": (look_at_claims, SIGNED, CBOR_PIECES),
    "cbor": (look_at_cbor, PAYLOAD, CBOR_PIECES),
    "base45": (look_at_base45, base45.encode(PAYLOAD).encode(), (b":::", b"a", b"\xc3\xa9")),
    "identifier": (look_at_identifier, STATED.identifier.text.encode(), (b".", b"I", b"\xef\xbc\x91", b"0")),
    "data index": (look_at_index, SOUND.members[INDEX], XML_PIECES),
}


@pytest.mark.parametrize("name", BYTES)
def test_mutations_give_typed_errors_only(name: str) -> None:
    look, seed, pieces = BYTES[name]
    look(seed)
    chance, refused = random.Random(f"licence {name}"), 0
    for _ in range(MUTATIONS):
        try:
            look(mutate(seed, chance, pieces))
        except TrustError:
            refused += 1
    assert refused > MUTATIONS // 4


def test_other_metadata_are_read_back_or_refused() -> None:
    chance, accepted = random.Random("metadata"), 0
    for _ in range(MUTATIONS):
        pairs = list(PAIRS)
        at = chance.randrange(len(pairs))
        name, value = pairs[at]
        match chance.randrange(5):
            case 0:
                del pairs[at]
            case 1:
                pairs.insert(at, chance.choice(PAIRS))
            case 2:
                pairs[at] = (name, chance.choice(WORDS))
            case 3:
                pairs[at] = (name, text_of(mutate(value.encode(), chance, (b"\0", b"-", b"\xff"))) if value else "x")
            case _:
                pairs[at] = (chance.choice(PAIRS)[0], value)
        try:
            found = from_pairs(pairs)
        except TrustError:
            continue
        assert from_pairs(to_pairs(found)) == found
        accepted += 1
    assert 0 < accepted < MUTATIONS


def test_other_layouts_are_read_or_refused() -> None:
    chance, described, accepted = random.Random("layout"), json.dumps(type_data()["layout"]), 0
    for _ in range(MUTATIONS):
        tree = json.loads(described)
        places: list[tuple[Any, Any]] = []
        waiting = [tree]
        while waiting:
            node = waiting.pop()
            keys: Any = node if isinstance(node, dict) else range(len(node))
            places += [(node, key) for key in keys]
            waiting += [node[key] for key in keys if isinstance(node[key], dict | list)]
        node, key = chance.choice(places)
        if chance.random() < 0.3:
            del node[key]
        else:
            node[key] = copy.deepcopy(chance.choice(JUNK))
        try:
            description.decode(tree)
        except TrustError:
            continue
        accepted += 1
    assert 0 < accepted < MUTATIONS


def test_a_code_that_inflates_without_end_is_refused() -> None:
    for size in (5_000, 60_000_000):
        packed = zlib.compress(bytes(size), 9)[:2_500]
        with pytest.raises(TrustError):
            qr.from_text(qr.PREFIX + base45.encode(packed))
