"""Small bytes that ask for much: deep nesting, false lengths, long numbers and crowds, refused quickly and in little memory."""

import json
import time
import tracemalloc
from collections.abc import Callable
from datetime import timedelta

import pytest

from certs import ber, certificate, crl, pfx, request
from certs import der_writer as write
from certs import timestamp_issue as issue
from certs.cms import SignedData
from certs.errors import CertsError
from certs.keys import PublicKey, load_private
from certs.name import Name
from certs.sm import sm2
from certs.timestamp import TimeStampToken
from certs.timestamp_request import TimeStampRequest
from licence import verification as licences
from licence.formats import qr
from seal import claims
from seal.ses.detect import shape_of
from seal.ses.seal_data import read_seal
from seal.ses.signature_data import read_sealing
from seal.verification import examine
from tests.robustness.test_der_mutations import REQUEST, SEALER, message
from tests.support.hierarchy import NOW
from trust.errors import TrustError
from trust.recognition import evidence, registry_file, registry_json, root_file
from trust.recognition.evidence import Evidence
from trust.transparency.checkpoint import Note
from trust.transparency.proof import LogProof

DEEP = 100_000
MANY = 100_000
MOST_SECONDS, MOST_BYTES = 1.0, 64 << 20


def nested(depth: int) -> bytes:
    """Sequences inside one another, each of the right length."""
    heads, size = [], 0
    for _ in range(depth):
        head = write.tlv(0x30, b"")[:1] + _length(size)
        heads.append(head)
        size += len(head)
    return b"".join(reversed(heads))


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


GOOD = SEALER.pki["sealer"].certificate.der
DER_BOMBS = {
    "nested deeply": nested(DEEP),
    "nested without lengths": b"\x30\x80" * DEEP,
    "nested without lengths and closed": b"\x30\x80" * DEEP + b"\0\0" * DEEP,
    "a string in pieces in pieces": b"\x24\x80" * DEEP + b"\0\0" * DEEP,
    "a crowd": write.sequence(b"\x05\x00" * MANY),
    "a crowd of sequences": write.sequence(write.sequence(b"\x30\x00" * MANY)),
    "a crowd of sets": write.sequence(write.integer(1), write.set_of([b"\x31\x00"]) * MANY),
    "a long number": write.sequence(write.tlv(2, b"\x7f" * 1_000_000), write.tlv(2, b"\x7f" * 1_000_000)),
    "a long identifier": write.sequence(write.tlv(6, b"\xff" * 1_000_000 + b"\x01"), write.tlv(6, b"\x81" * 1_000_000)),
    "a length of four gigabytes": b"\x30\x84\xff\xff\xff\xff" + GOOD,
    "a length of many octets": b"\x30\xfe" + b"\xff" * 126 + GOOD,
    "a certificate with a crowd": write.sequence(write.sequence(b"\x30\x00" * MANY), GOOD[4:]),
    "a message with a crowd of certificates": message().replace(GOOD, GOOD * 400),
}
DER_DECODERS: dict[str, Callable[[bytes], object]] = {
    "certificate": certificate.read,
    "list": crl.read,
    "request": request.read,
    "name": Name,
    "message": SignedData.read,
    "token": TimeStampToken.read,
    "response": lambda data: issue.read_response(data, REQUEST),
    "time-stamp request": TimeStampRequest.decode,
    "seal": lambda data: read_seal(data, remarks=set()),
    "sealing": lambda data: read_sealing(data, remarks=set()),
    "PKCS#12": lambda data: pfx.read(data, ""),
    "BER": ber.to_definite,
    "private key": load_private,
    "public key": PublicKey.from_spki,
    "signature": sm2.decode_signature,
}
JSON_BOMBS = {
    "nested arrays": b"[" * DEEP + b"]" * DEEP,
    "nested objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "open brackets": b"[" * DEEP,
    "a long number": b"1" * 1_000_000,
    "a large exponent": b"1e999999999",
    "a crowd": json.dumps({str(number): number for number in range(MANY)}).encode(),
    "an empty crowd": b"[" + b"[]," * MANY + b"[]]",
    "a long string": b'"' + b"\\u0041" * MANY + b'"',
    "dots": b"." * 1_000_000,
}
JSON_DECODERS: dict[str, Callable[[bytes], object]] = {
    "registry": registry_json.decode,
    "registry file": registry_file.read_file,
    "root": root_file.decode,
    "note": lambda data: Note.decode(data.decode()),
    "proof": lambda data: LogProof.decode(data.decode()),
}
CBOR_BOMBS = {
    "nested arrays": b"\x81" * DEEP + b"\x00",
    "nested maps": b"\xa1\x00" * DEEP + b"\x00",
    "nested tags": b"\xd2" * DEEP + b"\x00",
    "nested without lengths": b"\x9f" * DEEP,
    "an array of everything": b"\x9b" + b"\xff" * 8,
    "a map of everything": b"\xbb" + b"\xff" * 8,
    "a string of everything": b"\x5b" + b"\xff" * 8,
    "arrays of gigabytes": b"\x84\x9a\xff\xff\xff\xff" * 1_000,
    "a crowd": b"\x9a" + MANY.to_bytes(4, "big") + b"\x80" * MANY,
}
CBOR_DECODERS: dict[str, Callable[[bytes], object]] = {
    "bundle": evidence.decode,
    "claims": claims.decode,
    "code": lambda data: qr.from_text(qr.to_text(data)),
}


KINDS = {
    "DER": (DER_DECODERS, DER_BOMBS),
    "JSON": (JSON_DECODERS, JSON_BOMBS),
    "CBOR": (CBOR_DECODERS, CBOR_BOMBS),
}


@pytest.mark.parametrize(("kind", "decoder"), [(kind, name) for kind, (them, _) in KINDS.items() for name in them])
def test_a_bomb_is_refused_within_a_second_and_64_mebibytes(kind: str, decoder: str) -> None:
    decoders, bombs = KINDS[kind]
    for bomb, data in bombs.items():
        seconds, octets = spent(decoders[decoder], data)
        assert seconds < MOST_SECONDS, f"{bomb} takes {seconds:.1f} s"
        assert octets < MOST_BYTES, f"{bomb} takes {octets >> 20} MiB"


def spent(decode: Callable[[bytes], object], data: bytes) -> tuple[float, int]:
    """Return the CPU seconds and the most memory of one attempt each: watching memory takes time."""
    start = time.process_time()
    attempt(decode, data)
    seconds = time.process_time() - start
    tracemalloc.start()
    attempt(decode, data)
    octets = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds, octets


def attempt(decode: Callable[[bytes], object], data: bytes) -> None:
    try:
        decode(data)
    except (CertsError, TrustError):
        return


@pytest.mark.parametrize("bomb", DER_BOMBS)
def test_a_bomb_instead_of_a_document_is_examined(bomb: str) -> None:
    data, at = DER_BOMBS[bomb], NOW + timedelta(days=1)
    start = time.process_time()
    shape_of(data)
    examine(data, SEALER.anchors, Evidence(), at, original=b"original")
    licences.examine(data, SEALER.anchors, Evidence(), at)
    assert time.process_time() - start < 2 * MOST_SECONDS
