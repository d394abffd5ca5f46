"""A software authenticator that answers as a browser would, honestly or with any one thing wrong."""

import hashlib
import json
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from trust.recognition.jwk import decode_base64url, encode_base64url

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass
class Maker:
    """A maker of authenticators: a root, and a certificate below it that signs attestations."""

    root_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def root_pem(self) -> bytes:
        made = _certificate("root", self.root_key, "root", self.root_key, authority=True)
        return made.public_bytes(serialization.Encoding.PEM)

    def leaf(self) -> bytes:
        made = _certificate("authenticator", self.key, "root", self.root_key, authority=False)
        return made.public_bytes(serialization.Encoding.DER)


@dataclass
class Authenticator:
    """One passkey, and everything that may be wrong about it."""

    rp_id: str = "id.example.gov.cn"
    origin: str = "https://id.example.gov.cn"
    flags: int = UP | UV
    counter: int = 1
    steps: int = 1
    user_handle: bytes | None = None
    cross_origin: bool = False
    maker: Maker | None = None
    self_attested: bool = False
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def create(self, options: str, **changed: Any) -> str:
        """Answer `navigator.credentials.create`."""
        asked = json.loads(options)
        self.user_handle = decode_base64url(asked["user"]["id"])
        client = self._client("webauthn.create", asked["challenge"], changed)
        data = self._data(self.flags | AT, attested=True)
        form, statement = self._statement(data + hashlib.sha256(client).digest())
        attestation = cbor2.dumps({"fmt": form, "attStmt": statement, "authData": data})
        return self._answer(
            {"clientDataJSON": client, "attestationObject": attestation}, {"transports": ["internal", "odd"]}
        )

    def get(self, options: str, **changed: Any) -> str:
        """Answer `navigator.credentials.get`."""
        asked = json.loads(options)
        self.counter += self.steps
        client = self._client("webauthn.get", asked["challenge"], changed)
        data = self._data(self.flags, attested=False)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        if self.user_handle is not None:
            parts["userHandle"] = self.user_handle
        return self._answer(parts, {})

    def _client(self, kind: str, challenge: str, changed: Mapping[str, Any]) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps({**said, **changed}).encode()

    def _data(self, flags: int, *, attested: bool) -> bytes:
        data = hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + struct.pack(">I", self.counter)
        if not attested:
            return data
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return data + bytes(16) + struct.pack(">H", len(self.credential)) + self.credential + cbor2.dumps(cose)

    def _statement(self, message: bytes) -> tuple[str, dict[str, Any]]:
        if self.maker is not None:
            signature = self.maker.key.sign(message, ec.ECDSA(hashes.SHA256()))
            return "packed", {"alg": -7, "sig": signature, "x5c": [self.maker.leaf()]}
        if self.self_attested:
            return "packed", {"alg": -7, "sig": self.key.sign(message, ec.ECDSA(hashes.SHA256()))}
        return "none", {}

    def _answer(self, parts: Mapping[str, bytes], more: Mapping[str, Any]) -> str:
        response = {name: encode_base64url(value) for name, value in parts.items()}
        name = encode_base64url(self.credential)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": {**response, **more},
                "clientExtensionResults": {},
            }
        )


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    signer: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)  # the library under test looks at the machine's clock
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
