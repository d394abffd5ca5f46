"""Tokens of ours and of clients: what is signed verifies, and whatever is wrong about a token is refused."""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import ECKey, RSAKey

from certs.algorithms import SM2_SM3
from idp.model.signing_key import ALGORITHMS
from idp.oidc import jose, jwk
from idp.oidc.jose import SigningKey
from tests.support.tokens import Known, put_together, resigned, signing_key
from trust.web.jwt import Claims, TokenUnfit, base64url, from_base64url

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
NOW = int(AT.timestamp())
CLAIMS: dict[str, Any] = {"iss": "https://id.example", "aud": "c", "sub": "s", "iat": NOW, "exp": NOW + 60}


def verify(token: str, *keys: SigningKey, algorithms: tuple[str, ...] = ALGORITHMS, **more: Any) -> Claims:
    return jose.verify(token, Known(keys), algorithms=algorithms, **{"at": AT, **more})


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_what_is_signed_verifies(alg: str) -> None:
    key = signing_key(alg)
    token = jose.sign(key, {**CLAIMS, "name": "海晏·𠀀"}, "at+jwt")
    found = verify(token, key, types=("at+jwt",), issuer="https://id.example", audience=("c",))
    assert found.values["name"] == "海晏·𠀀"
    header = json.loads(from_base64url(token.split(".")[0]))
    assert header == {"alg": alg, "kid": key.kid, "typ": "at+jwt"}
    assert len(token) < 1024


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_another_library_verifies_what_we_sign_and_reads_our_keys(alg: str) -> None:
    key = signing_key(alg)
    kind = RSAKey if alg == "RS256" else ECKey
    public = kind.import_key(dict(key.public))
    assert public.thumbprint() == key.kid == key.public["kid"]
    assert joserfc_jwt.decode(jose.sign(key, CLAIMS), public, algorithms=[alg]).claims["sub"] == "s"


def test_sm2_signs_r_and_s_over_za_and_the_text() -> None:
    key = signing_key("SM2-SM3")
    token = jose.sign(key, CLAIMS)
    text, _, last = token.rpartition(".")
    raw = from_base64url(last)
    assert len(raw) == 64
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.signer.public_key.verify(der, text.encode(), SM2_SM3)
    assert (key.public["kty"], key.public["crv"]) == ("EC", "SM2")


def test_two_tokens_of_one_second_differ_and_a_given_identifier_is_kept() -> None:
    key = signing_key("RS256")  # whose signatures would be equal
    tokens = {jose.sign(key, CLAIMS) for _ in range(3)}
    assert len(tokens) == 3
    assert verify(jose.sign(key, {**CLAIMS, "jti": "mine"}), key).text("jti") == "mine"


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_the_algorithm_is_ours_to_say(alg: str) -> None:
    key = signing_key(alg)
    token = jose.sign(key, CLAIMS)
    for other in {*ALGORITHMS, "PS256", "EdDSA"} - {alg}:
        with pytest.raises(TokenUnfit):
            verify(token, key, algorithms=(other,))


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "HS512", "RS1", "ES256K", "", None, 7, ["RS256"]])
def test_no_other_algorithm_is_taken(alg: object) -> None:
    key = signing_key("RS256")
    for signature in (b"", b"x", bytes(256)):
        token = put_together({"alg": alg, "kid": key.kid, "typ": "JWT"}, CLAIMS, signature)
        with pytest.raises(TokenUnfit):
            verify(token, key)


@pytest.mark.parametrize("alg", ["RS256", "ES256", "HS256"])
def test_a_public_key_is_no_secret(alg: str) -> None:
    """The classic confusion: HMAC with the public key, under any name."""
    key = signing_key("RS256")
    text = put_together({"alg": alg, "kid": key.kid}, CLAIMS).rpartition(".")[0]
    public = RSAKey.import_key(dict(key.public))
    for secret in (public.as_pem(private=False), key.signer.public_key.spki, json.dumps(dict(key.public)).encode()):
        mac = hmac.digest(secret, text.encode(), sha256)
        with pytest.raises(TokenUnfit):
            verify(f"{text}.{base64url(mac)}", key)


@dataclass(frozen=True)
class Whatever:
    """One key, whatever is asked for."""

    key: SigningKey

    def find(self, kid: str | None, alg: str) -> list[jwk.VerifyingKey]:
        del kid, alg
        return [jwk.read(self.key.public)]


def test_a_key_of_another_kind_under_the_same_name_is_refused() -> None:
    """ES256 in the header, an SM2 key behind the name: the curve decides, not the length."""
    sm2, p256 = signing_key("SM2-SM3"), signing_key("ES256")
    for signer, alg, known in ((sm2, "ES256", p256), (p256, "SM2-SM3", sm2), (sm2, "ES256", sm2)):
        token = resigned(signer, {"alg": alg, "kid": known.kid}, CLAIMS)

        with pytest.raises(TokenUnfit):
            jose.verify(token, Whatever(known), algorithms=ALGORITHMS)


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_in_the_header_decides_nothing(member: str) -> None:
    ours, theirs = signing_key("ES256"), signing_key("ES256", 2)
    brought = {"jwk": dict(theirs.public), "x5c": ["AAAA"]}.get(member, "https://evil.example/keys")
    with pytest.raises(TokenUnfit):
        verify(resigned(theirs, {"alg": "ES256", "kid": ours.kid, member: brought}, CLAIMS), ours)
    with pytest.raises(TokenUnfit):
        verify(resigned(theirs, {"alg": "ES256", member: brought}, CLAIMS), ours)


@pytest.mark.parametrize(
    "more", [{"crit": ["exp"]}, {"crit": []}, {"crit": ["b64"], "b64": False}, {"b64": True}, {"crit": None}]
)
def test_a_header_that_demands_something_is_refused(more: dict[str, Any]) -> None:
    key = signing_key("ES256")
    with pytest.raises(TokenUnfit):
        verify(resigned(key, {"alg": "ES256", "kid": key.kid, **more}, CLAIMS), key)


@pytest.mark.parametrize("kid", ["foreign", "../../etc/passwd", "' OR 1=1 --", "\0", 7, {"a": 1}, None, "x" * 4000])
def test_a_foreign_name_finds_no_key(kid: object) -> None:
    ours, theirs = signing_key("ES256"), signing_key("ES256", 2)
    with pytest.raises(TokenUnfit):
        verify(resigned(theirs, {"alg": "ES256", "kid": kid}, CLAIMS), ours)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_huge_parts_are_refused_before_anything_computes(part: int) -> None:
    parts = jose.sign(signing_key("ES256"), CLAIMS).split(".")
    parts[part] = "A" * 5_000_000
    with pytest.raises(TokenUnfit):
        verify(".".join(parts), signing_key("ES256"))


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b", "a.b.c.d", "a.b.c", "e30.e30.", ".e30.e30", "e30.e30.e30=", "e30.e30.e30\n", "é.é.é", "a.b.c.d.e"],
)  # fmt: skip
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TokenUnfit):
        verify(token, signing_key("ES256"))


@pytest.mark.parametrize(
    "claims", ['{"exp":9e9,"exp":1}', "[]", "1", "null", '{"exp":NaN}', "[" * 3000, '{"a":"\udcff"}']
)
def test_a_body_that_two_readers_could_read_differently_is_refused(claims: str) -> None:
    key = signing_key("ES256")
    text = f"{base64url(json.dumps({'alg': 'ES256', 'kid': key.kid}).encode())}.{base64url(claims.encode('utf-8', 'surrogateescape'))}"
    with pytest.raises(TokenUnfit):
        verify(f"{text}.{base64url(bytes(64))}", key)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_every_changed_bit_of_a_token_is_refused(alg: str) -> None:
    key = signing_key(alg)
    good = jose.sign(key, {"exp": NOW + 60, "jti": "1"})
    raw = [from_base64url(part) for part in good.split(".")]
    for part, data in enumerate(raw):
        for position in range(0, len(data) * 8, 3 if part < 2 else 17):
            changed = bytearray(data)
            changed[position // 8] ^= 1 << position % 8
            token = ".".join(base64url(bytes(changed) if n == part else one) for n, one in enumerate(raw))
            with pytest.raises(TokenUnfit):
                verify(token, key, types=("jwt",))


def test_a_signature_of_another_form_is_refused() -> None:
    key = signing_key("SM2-SM3")
    text, _, last = jose.sign(key, CLAIMS).rpartition(".")
    raw = from_base64url(last)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    for wrong in (der, raw[:63], b"\0" + raw, raw[32:] + raw[:32], bytes(64), b"\xff" * 64):
        with pytest.raises(TokenUnfit):
            verify(f"{text}.{base64url(wrong)}", key)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"exp": NOW}, {}),
        ({"exp": NOW - 1}, {}),
        ({"exp": None}, {}),
        ({"exp": "9999999999"}, {}),
        ({"exp": True}, {}),
        ({"exp": 1e300}, {}),
        ({"nbf": NOW + 60}, {}),
        ({"iat": NOW + 60}, {}),
        ({"iss": "https://evil.example"}, {"issuer": "https://id.example"}),
        ({"iss": ["https://id.example"]}, {"issuer": "https://id.example"}),
        ({"aud": "d"}, {"audience": ("c",)}),
        ({"aud": []}, {"audience": ("c",)}),
        ({"aud": {"c": 1}}, {"audience": ("c",)}),
        ({"aud": ["c", 7]}, {"audience": ("c",)}),
    ],
)
def test_claims_that_do_not_fit_are_refused(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    key = signing_key("ES256")
    with pytest.raises(TokenUnfit):
        verify(jose.sign(key, {**CLAIMS, **changes}), key, **expected)


def test_another_type_of_token_is_refused_and_an_expired_hint_is_read() -> None:
    key = signing_key("ES256")
    with pytest.raises(TokenUnfit):
        verify(jose.sign(key, CLAIMS, "logout+jwt"), key)
    later = AT + timedelta(days=300)
    token = jose.sign(key, CLAIMS)
    with pytest.raises(TokenUnfit):
        verify(token, key, at=later)
    assert verify(token, key, at=None).text("sub") == "s"


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "SM2", "x": "AA"},
        {"kty": "EC", "crv": "SM2", "x": base64url(bytes(32)), "y": base64url(bytes(32))},
        {"kty": "EC", "crv": "SM2", "x": "A" * 5000, "y": "AA"},
        {"kty": "EC", "crv": ["SM2"], "x": "AA", "y": "AA"},
        {"kty": ["EC"]},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": "A" * 100_000, "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    ],
)
def test_what_is_no_usable_key_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(TokenUnfit):
        jwk.read(raw)


def test_a_private_key_is_never_read() -> None:
    for alg in ALGORITHMS:
        with pytest.raises(TokenUnfit):
            jwk.read({**signing_key(alg).public, "d": "AAAA"})
