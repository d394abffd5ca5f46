"""Proofs of possession: algorithms, keys, freshness, single use."""

import json
import warnings
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from tests.support.clock import SettableClock
from tests.support.issuer import client_key
from tests.support.seen import Seen
from trust.web import dpop, jwt
from trust.web.challenge import ProofInvalid

URL = "https://trust.example/token"
P256 = ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)
ED = OKPKey.generate_key("Ed25519")


def proof(
    clock: SettableClock,
    key: jwt.Key = P256,
    algorithm: str = "ES256",
    *,
    typ: str = "dpop+jwt",
    jwk: Any = ...,
    **claims: Any,
) -> str:
    said = {"jti": "1", "htm": "POST", "htu": URL, "iat": int(clock.now().timestamp()), **claims}
    shown = key.as_dict(private=False) if jwk is ... else jwk
    if isinstance(shown, dict) and jwk is ...:
        return jwt.sign(said, key, algorithm, {"typ": typ, "jwk": shown})
    return signed({"alg": algorithm, "typ": typ, "jwk": shown}, said)


def signed(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token over any header, which the library would refuse to write."""
    text = ".".join(jwt.base64url(json.dumps(each).encode()) for each in (header, claims))
    assert P256.private_key is not None
    r, s = decode_dss_signature(P256.private_key.sign(text.encode(), ECDSA(SHA256())))
    return f"{text}.{jwt.base64url(r.to_bytes(32) + s.to_bytes(32))}"


def verify(clock: SettableClock, text: str, **more: Any) -> str:
    return dpop.verify_proof(text, **{"method": "POST", "url": URL, "at": clock.now(), "seen": Seen(), **more})


@pytest.mark.parametrize(("key", "algorithm"), [(P256, "ES256"), (RSA, "PS256"), (ED, "EdDSA")])
def test_three_algorithms_are_taken(clock: SettableClock, key: jwt.Key, algorithm: str) -> None:
    assert verify(clock, proof(clock, key, algorithm)) == key.thumbprint()


def test_what_we_make_is_taken(clock: SettableClock) -> None:
    key = client_key()
    made = dpop.make_proof(key, method="POST", url=URL, at=clock.now(), identifier="x", nonce="n")
    nonces: list[str | None] = []
    assert verify(clock, made, nonce=nonces.append) == key.public["kid"]
    assert nonces == ["n"]


def test_other_algorithms_and_types_are_refused(clock: SettableClock) -> None:
    for text in (proof(clock, RSA, "RS256"), proof(clock, typ="JWT"), proof(clock, typ="at+jwt"), "", "a.b.c"):
        with pytest.raises(ProofInvalid):
            verify(clock, text)


@pytest.mark.parametrize(
    "jwk",
    [
        None, "key", {}, {"kty": "EC"}, {"kty": ["EC"]}, P256.as_dict(private=True), ED.as_dict(private=False),
        RSA.as_dict(private=False), ECKey.generate_key("P-384").as_dict(private=False), {"kty": "oct", "k": "AAAA"},
        ECKey.generate_key("P-256").as_dict(private=False), {**P256.as_dict(private=False), "x": 7},
        {**P256.as_dict(private=False), "x": "AAAA"}, OctKey.generate_key(256).as_dict(),
    ],
)  # fmt: skip
def test_a_key_that_is_not_the_public_key_of_the_signer_is_refused(clock: SettableClock, jwk: object) -> None:
    with pytest.raises(ProofInvalid):
        verify(clock, proof(clock, jwk=jwk))


def test_a_small_rsa_key_is_refused(clock: SettableClock) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        made = proof(clock, RSAKey.generate_key(1024), "PS256")
    with pytest.raises(ProofInvalid):
        verify(clock, made)


def test_a_proof_counts_for_a_minute(clock: SettableClock) -> None:
    made = proof(clock)
    clock.advance(timedelta(seconds=60))
    assert verify(clock, made)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(ProofInvalid):
        verify(clock, made)
    early = proof(clock)
    clock.advance(timedelta(seconds=-10))
    assert verify(clock, early)
    clock.advance(timedelta(seconds=-1))
    with pytest.raises(ProofInvalid):
        verify(clock, early)


def test_a_proof_is_used_once_and_nobody_uses_up_another_callers(clock: SettableClock) -> None:
    seen = Seen()
    assert verify(clock, proof(clock), seen=seen)
    assert verify(clock, proof(clock, ED, "EdDSA"), seen=seen)
    with pytest.raises(ProofInvalid):
        verify(clock, proof(clock), seen=seen)


def test_a_refused_proof_is_not_remembered(clock: SettableClock) -> None:
    seen = Seen()
    with pytest.raises(ProofInvalid):
        verify(clock, proof(clock, htm="GET"), seen=seen)
    assert not seen.values


@pytest.mark.parametrize(
    "htu",
    ["https://trust.example:1/token", "http://trust.example/token", "https://u@trust.example/token", "https://[/"],
)
def test_another_address_is_refused(clock: SettableClock, htu: str) -> None:
    with pytest.raises(ProofInvalid):
        verify(clock, proof(clock, htu=htu))


def test_a_nonce_that_its_judge_refuses_refuses_the_proof(clock: SettableClock) -> None:
    def judge(nonce: str | None) -> None:
        raise ProofInvalid(f"not {nonce}")

    with pytest.raises(ProofInvalid):
        verify(clock, proof(clock), nonce=judge)
