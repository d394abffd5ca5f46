"""A signed JSON file: flattened JWS, whose algorithm and type are fixed by the key and the reader, never by the file.

Standard:
    RFC 7515 section 7.2.2 (flattened syntax), section 4.1 (header), section 5.2 (validation); RFC 8725 (best practice).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from certs import der_writer as write
from certs.der import reading
from certs.errors import InvalidSignature
from certs.keys import PublicKey
from certs.signer import Signer
from trust.recognition import strict_json
from trust.recognition.errors import RegistrySignatureWrong
from trust.recognition.jwk import COORDINATE, curve_of, decode_base64url, encode_base64url

_FILE: Final = re.compile(
    rb'\{"payload":"(?P<payload>[\w-]*)","protected":"(?P<protected>[\w-]{1,512})","signature":"(?P<signature>[\w-]{86})"\}'
)


@dataclass(frozen=True, slots=True)
class Signed:
    """A file taken apart and not believed yet.

    Attributes:
        payload: the bytes that are said.
        kid: the name of the key that is said to have signed.
    """

    payload: bytes
    kid: str
    alg: str
    typ: str
    signature: bytes
    signed: bytes  # what the signature is over: the two encoded parts as they arrived

    def verify(self, key: PublicKey, typ: str) -> bytes:
        """The payload, once the key's own algorithm, the expected type and the signature are right.

        Raises:
            RegistrySignatureWrong: one of them is not.
        """
        curve = curve_of(key)
        if self.alg != curve.jose or self.typ != typ:
            raise RegistrySignatureWrong(f"the header does not say {curve.jose} and {typ}")
        r, s = self.signature[:COORDINATE], self.signature[COORDINATE:]
        value = write.sequence(write.integer(int.from_bytes(r, "big")), write.integer(int.from_bytes(s, "big")))
        try:
            key.verify(value, self.signed, curve.algorithm)
        except InvalidSignature as exc:
            raise RegistrySignatureWrong("the signature does not verify") from exc
        return self.payload


def sign(payload: bytes, kid: str, typ: str, signer: Signer) -> bytes:
    """The signed file."""
    header = {"alg": curve_of(signer.public_key).jose, "kid": kid, "typ": typ}
    protected, body = encode_base64url(strict_json.encode(header)), encode_base64url(payload)
    with reading(signer.sign(f"{protected}.{body}".encode("ascii"))) as value, value.inside() as parts:
        r, s = parts.integer(), parts.integer()
    raw = r.to_bytes(COORDINATE, "big") + s.to_bytes(COORDINATE, "big")
    return strict_json.encode({"payload": body, "protected": protected, "signature": encode_base64url(raw)})


def decode(data: bytes, malformed: Callable[[str], Exception]) -> Signed:
    """Take a file apart; nothing in it is believed yet.

    The outer object is matched, not parsed: whoever wrote it has not shown a key, and JSON unfolds to many times its
    size in memory.

    Args:
        data: the file.
        malformed: makes the error to raise.
    """
    outer = _FILE.fullmatch(data)
    if outer is None:
        raise malformed("not one object of payload, protected and signature, in base64 for URLs and without spaces")
    body, protected = outer["payload"], outer["protected"]
    try:
        payload, signature = decode_base64url(body.decode()), decode_base64url(outer["signature"].decode())
        header = strict_json.decode(decode_base64url(protected.decode()))
    except ValueError as exc:
        raise malformed(str(exc)) from exc
    if not isinstance(header, dict) or set(header) != {"alg", "kid", "typ"}:
        raise malformed("a header has alg, kid and typ, and nothing else")
    alg, kid, typ = header["alg"], header["kid"], header["typ"]
    if not (isinstance(alg, str) and isinstance(kid, str) and isinstance(typ, str)):
        raise malformed("alg, kid and typ are text")
    return Signed(payload, kid, alg, typ, signature, protected + b"." + body)
