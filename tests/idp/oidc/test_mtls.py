"""Certificates that a proxy passes on: believed from the proxy alone, and each client has its own."""

import base64
import hashlib
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
from authlib.oauth2.rfc6749.errors import InvalidClientError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from certs import certificate
from idp.model.client import Client
from idp.oidc.client_auth import ClientAuthenticator
from idp.oidc.client_keys import ClientKeys
from idp.oidc.mtls import ClientCertificates, same_subject
from tests.support.clock import SettableClock
from tests.support.tokens import registered
from trust.net.client import Answer
from trust.net.errors import OutboundFailed

SECRET = "s" * 40
SUBJECT = "CN=platform.example,O=海晏市,C=CN"


class Nowhere:
    """No network."""

    def get(self, url: str, *, most: int) -> Answer:
        raise OutboundFailed(f"{url} {most}")


@cache
def made(subject: str = SUBJECT, number: int = 1) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name.from_rfc4514_string(subject)
    at = SettableClock().now()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(number)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .sign(key, SHA256())
    )


def der(found: x509.Certificate) -> bytes:
    return found.public_bytes(Encoding.DER)


def pem(found: x509.Certificate) -> str:
    return found.public_bytes(Encoding.PEM).decode()


def rfc9440(found: x509.Certificate) -> str:
    return f":{base64.b64encode(der(found)).decode()}:"


def sent(found: x509.Certificate, **changes: str) -> dict[str, str]:
    said = {
        "client-cert": rfc9440(found), "client-cert-verified": "SUCCESS", "client-cert-proof": SECRET,
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }  # fmt: skip
    return {name: value for name, value in said.items() if value != "absent"}


@pytest.fixture
def check(clock: SettableClock) -> ClientCertificates:
    digest = hashlib.sha256(SECRET.encode()).digest()
    keys = ClientKeys(Nowhere(), clock)
    return ClientCertificates("client-cert", "client-cert-verified", "client-cert-proof", digest, keys, clock)


def by_subject(subject: Any = SUBJECT) -> Client:
    return registered(method="tls_client_auth", tls_client_auth_subject_dn=subject)


def by_itself(*found: x509.Certificate) -> Client:
    rows = []
    for number, one in enumerate(found):
        point = certificate.read(der(one)).public_key.key_bits
        x, y = (base64.urlsafe_b64encode(half).rstrip(b"=").decode() for half in (point[1:33], point[33:]))
        chain = [base64.b64encode(der(one)).decode()]
        rows.append({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": str(number), "x5c": chain})
    return registered(method="self_signed_tls_client_auth", jwks={"keys": rows})


def test_a_client_is_known_by_the_subject_that_an_authority_vouches_for(check: ClientCertificates) -> None:
    assert check(sent(made()), by_subject())
    assert not check(sent(made("CN=other.example,O=海晏市,C=CN")), by_subject())


def test_a_client_is_known_by_its_own_certificate(check: ClientCertificates) -> None:
    client = by_itself(made(number=2), made(number=3))
    assert check(sent(made(number=3), client_cert_verified="FAILED:self signed"), client)
    assert not check(sent(made(number=4)), client)
    assert not check(sent(made(number=2)), registered(method="self_signed_tls_client_auth"))


@pytest.mark.parametrize("verified", ["absent", "", "NONE", "FAILED:unable to verify", "success", "SUCCESS "])
def test_a_subject_nobody_vouches_for_proves_nothing(check: ClientCertificates, verified: str) -> None:
    """Anybody can write another's name into a certificate that he signs himself."""
    assert not check(sent(made(), client_cert_verified=verified), by_subject())


@pytest.mark.parametrize("secret", ["absent", "", "x", SECRET[:-1], SECRET + "s", "é" * 40, "\ud800"])
def test_headers_that_no_proxy_of_ours_wrote_prove_nothing(check: ClientCertificates, secret: str) -> None:
    headers = sent(made(), client_cert_proof=secret)
    assert check.presented(headers) is None
    assert check.thumbprint(headers) is None
    assert not check(headers, by_subject())
    assert not check(headers, by_itself(made()))


def test_without_a_secret_no_proxy_is_believed(check: ClientCertificates, clock: SettableClock) -> None:
    unset = ClientCertificates(check.header, check.verified, check.proof_header, None, check.keys, clock)
    for secret in (SECRET, "", "absent"):
        assert unset.presented(sent(made(), client_cert_proof=secret)) is None


def test_three_spellings_of_the_header_are_read(check: ClientCertificates) -> None:
    text = pem(made())
    for spelt in (rfc9440(made()), quote(text), quote(text, safe=""), text.replace("\n", " "), text):
        found = check.presented(sent(made(), client_cert=spelt))
        assert found is not None
        assert found.der == der(made())


@pytest.mark.parametrize(
    "spelt",
    [
        "absent", "", "::", ":x:", ":AAAA:", "AAAA", "%", "%ff%fe", "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE----- -----END CERTIFICATE-----", ":" + "A" * 30_000 + ":", "x" * 5_000_000, "é", "\0",
    ],
)  # fmt: skip
def test_what_is_no_certificate_proves_nothing(check: ClientCertificates, spelt: str) -> None:
    assert check.presented(sent(made(), client_cert=spelt)) is None
    assert not check(sent(made(), client_cert=spelt), by_subject())


def test_two_certificates_in_one_header_are_refused(check: ClientCertificates) -> None:
    both = pem(made()) + pem(made(number=9))
    assert check.presented(sent(made(), client_cert=quote(both))) is None


def test_a_certificate_counts_within_its_time(check: ClientCertificates, clock: SettableClock) -> None:
    for days in (-2, 4):
        clock.advance(timedelta(days=days))
        assert not check(sent(made()), by_subject())
        assert not check(sent(made()), by_itself(made()))


def test_a_token_is_bound_to_the_digest_of_the_certificate(check: ClientCertificates) -> None:
    wanted = base64.urlsafe_b64encode(hashlib.sha256(der(made())).digest()).rstrip(b"=").decode()
    assert check.thumbprint(sent(made())) == wanted
    assert check.thumbprint(sent(made(number=9))) != wanted


@pytest.mark.parametrize(
    "text",
    [
        "CN=platform.example,O=海晏市", "CN=PLATFORM.example,O=海晏市,C=CN", "C=CN,O=海晏市,CN=platform.example",
        "CN=platform.example+O=海晏市,C=CN", "CN=platform.example,O=海晏市,C=CN,C=CN", "", "x", "CN=", "=x", "CN=a,", "CN=\\",
        "\0",
    ],
)  # fmt: skip
def test_another_subject_or_none_is_not_the_registered_one(check: ClientCertificates, text: str) -> None:
    assert not same_subject(certificate.read(der(made())), text)
    assert not check(sent(made()), by_subject(text))


def test_nobody_is_no_subject(check: ClientCertificates) -> None:
    assert not same_subject(certificate.read(der(made(""))), "")
    assert not check(sent(made("")), by_subject(""))


@pytest.mark.parametrize("subject", [None, 7, [SUBJECT], {}])
def test_a_registration_without_a_subject_proves_nothing(check: ClientCertificates, subject: Any) -> None:
    assert not check(sent(made()), by_subject(subject))


def test_a_subject_with_several_values_and_signs_is_compared_part_by_part() -> None:
    for text in ("CN=a\\, b\\+c+OU=x,O=海\\\\晏,C=CN", "CN=#1,C=CN".replace("#", "\\#")):
        assert same_subject(certificate.read(der(made(text))), text)
        assert not same_subject(certificate.read(der(made())), text)


def test_the_authenticator_insists_on_the_registered_method(check: ClientCertificates, clock: SettableClock) -> None:
    for client in (by_subject(), by_itself(made())):

        def find(name: str, client: Client = client) -> Client | None:
            return client if name == client.id else None

        authenticate = ClientAuthenticator(find, verify_certificate=check)
        assert authenticate({"client_id": "c1"}, sent(made()), clock.now()) is client
        for headers in ({}, sent(made("CN=x,C=CN")), sent(made(), client_cert_proof="x")):
            with pytest.raises(InvalidClientError):
                authenticate({"client_id": "c1"}, headers, clock.now())
    for method in ("private_key_jwt", "client_secret_basic", "none"):
        assert not check(sent(made()), registered(method=method, tls_client_auth_subject_dn=SUBJECT))
