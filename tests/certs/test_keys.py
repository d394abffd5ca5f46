"""Keys load from every container we met, and nothing that only looks like a key does."""

import pickle

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as some

from certs import algorithms, oids, pem
from certs import der_writer as write
from certs.algorithms import ECDSA_SHA256, RSA_SHA1, RSA_SHA256, SM2_SM3
from certs.errors import (
    CertsError,
    DecryptionFailed,
    InvalidKey,
    InvalidSignature,
    LimitExceeded,
    MalformedEncoding,
    UnknownAlgorithm,
)
from certs.keys import KeyKind, PrivateKey, Protection, PublicKey, load_private
from certs.signer import Signer, SoftwareSigner
from certs.sm import known_answers
from certs.sm.sm2 import Sm2PrivateKey, Sm2PublicKey
from tests.support.shared import sample
from tests.support.vectors import Vector, load

SM2 = PrivateKey(Sm2PrivateKey.from_scalar(known_answers.SCALAR))
P256 = PrivateKey(ec.generate_private_key(ec.SECP256R1()))
RSA = PrivateKey(rsa.generate_private_key(65537, 2048))


def armour(label: str, encoded: bytes) -> bytes:
    return pem.encode(encoded, label).encode()


KINDS = pytest.mark.parametrize("key", [SM2, P256, RSA], ids=lambda key: key.kind.value)


@KINDS
def test_a_key_signs_and_its_public_half_verifies(key: PrivateKey) -> None:
    signer: Signer = SoftwareSigner(key)
    signature = signer.sign(b"message")
    signer.public_key.verify(signature, b"message", signer.algorithm)
    again = PublicKey.from_spki(signer.public_key.spki)
    again.verify(signature, b"message", signer.algorithm)
    assert again == signer.public_key
    assert hash(again) == hash(signer.public_key)
    for wrong in (b"", signature[:-1], signature + b"\x00", bytes(len(signature))):
        with pytest.raises(InvalidSignature):
            again.verify(wrong, b"message", signer.algorithm)
    with pytest.raises(InvalidSignature):
        again.verify(signature, b"massage", signer.algorithm)


@KINDS
def test_an_algorithm_of_another_kind_is_refused(key: PrivateKey) -> None:
    for algorithm in (SM2_SM3, ECDSA_SHA256, RSA_SHA256):
        if algorithm.key_kind is not key.kind:
            with pytest.raises(UnknownAlgorithm):
                key.public_key.verify(b"", b"", algorithm)
    if key.kind is not KeyKind.SM2:
        with pytest.raises(UnknownAlgorithm):
            _ = key.public_key.sm2
        with pytest.raises(UnknownAlgorithm):
            _ = key.sm2


@KINDS
@pytest.mark.parametrize("protection", Protection)
def test_a_protected_key_opens_with_its_password_alone(key: PrivateKey, protection: Protection) -> None:
    protected = key.encrypt(b"password", protection, iterations=1000)
    for encoded in (protected, armour("ENCRYPTED PRIVATE KEY", protected)):
        assert load_private(encoded, b"password").public_key == key.public_key
        for password in (b"", b"passwore", None):
            with pytest.raises(DecryptionFailed):
                load_private(encoded, password)


def test_a_wrong_password_never_looks_like_a_malformed_key() -> None:
    protected = SM2.encrypt(b"password", iterations=1)
    for number in range(600):
        with pytest.raises(DecryptionFailed):
            load_private(protected, str(number).encode())


@pytest.mark.parametrize("vector", load("sm", "key-"), ids=str)
def test_the_standard_key_in_its_containers(vector: Vector) -> None:
    key = load_private(vector.data)
    assert key.sm2.scalar() == known_answers.SCALAR
    assert key.public_key.sm2.point == known_answers.POINT
    if vector.name == "key-pkcs8":
        assert key.encode() == vector.data


@pytest.mark.parametrize("vector", load("sm", "spki"), ids=str)
def test_the_standard_public_key(vector: Vector) -> None:
    key = PublicKey.from_spki(vector.data)
    assert key.spki == vector.data
    assert key.key_bits == b"\x04" + known_answers.POINT
    assert PublicKey.from_sm2(Sm2PublicKey(known_answers.POINT)) == key


@pytest.mark.parametrize("name", ["sign_key.pem", "easyofd-ofd.key.pem", "tongsuo-sm2-first-key.pem"])
def test_sample_keys_load(name: str) -> None:
    certificate = {"sign_key.pem": "sign_cert.pem", "easyofd-ofd.key.pem": "easyofd-ofd.cert.pem"}
    key = load_private(sample(f"cert/{name}"))
    assert key.kind is KeyKind.SM2
    found = x509.load_pem_x509_certificate(sample(f"cert/{certificate.get(name, 'tongsuo-sm2-first-crt.pem')}"))
    assert key.public_key.key_bits in found.public_bytes(Encoding.DER)


@pytest.mark.parametrize("kind", [ec.SECP256R1(), None])
def test_foreign_keys_in_their_old_containers(kind: ec.SECP256R1 | None) -> None:
    made = ec.generate_private_key(kind) if kind else rsa.generate_private_key(65537, 2048)
    expected = PrivateKey(made).public_key
    for encoding in (Encoding.PEM, Encoding.DER):
        encoded = made.private_bytes(encoding, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        assert load_private(encoded).public_key == expected


def spki(algorithm: bytes, bits: bytes) -> bytes:
    return write.sequence(algorithm, write.bit_string(bits))


def ec_spki(curve: bytes, bits: bytes) -> bytes:
    return spki(write.sequence(write.oid(oids.EC_PUBLIC_KEY), curve), bits)


POINT = b"\x04" + known_answers.POINT


def test_the_wrong_curve_identifier_is_a_remark_or_refused() -> None:
    odd = ec_spki(write.oid(oids.SM2_SIGN), POINT)
    with pytest.raises(MalformedEncoding):
        PublicKey.from_spki(odd)
    remarks: set[str] = set()
    key = PublicKey.from_spki(odd, strict=False, remarks=remarks)
    assert remarks == {"curve-oid-301-1"}
    assert key == SM2.public_key


@pytest.mark.parametrize(
    ("encoded", "error"),
    [
        (ec_spki(write.sequence(write.integer(1)), POINT), UnknownAlgorithm),
        (ec_spki(write.oid("1.3.132.0.34"), POINT), UnknownAlgorithm),
        (ec_spki(b"", POINT), UnknownAlgorithm),
        (spki(write.sequence(write.oid("1.3.101.112")), POINT), UnknownAlgorithm),
        (ec_spki(write.oid(oids.SM2_CURVE), POINT[:-1]), InvalidKey),
        (ec_spki(write.oid(oids.SM2_CURVE), b"\x02" + POINT[1:33]), InvalidKey),
        (ec_spki(write.oid(oids.SM2_CURVE), b"\x00"), InvalidKey),
        (ec_spki(write.oid(oids.SM2_CURVE), POINT[:-1] + b"\x00"), InvalidKey),
        (ec_spki(write.oid(oids.P256), POINT), InvalidKey),
        (ec_spki(write.oid(oids.P256), b""), InvalidKey),
        (spki(write.sequence(write.oid(oids.RSA), write.NULL), write.sequence(write.integer(3 << 510), write.integer(3))), InvalidKey),
        (spki(write.sequence(write.oid(oids.RSA), write.NULL), write.sequence(write.integer(1 | 1 << 2047), write.integer(2))), InvalidKey),
        (spki(write.sequence(write.oid(oids.RSA), write.NULL), write.sequence(write.integer(-5), write.integer(3))), InvalidKey),
        (SM2.public_key.spki + b"\x00", MalformedEncoding),
        (b"", MalformedEncoding),
    ],
)  # fmt: skip
def test_other_public_keys_are_refused(encoded: bytes, error: type[CertsError]) -> None:
    for strict in (True, False):
        with pytest.raises(error):
            PublicKey.from_spki(encoded, strict=strict)


def sec1(scalar: bytes, *, curve: bytes = b"", public: bytes = b"") -> bytes:
    named = write.explicit(0, curve) if curve else b""
    point = write.explicit(1, write.bit_string(public)) if public else b""
    return write.sequence(write.integer(1), write.octet_string(scalar), named, point)


CURVE = write.oid(oids.SM2_CURVE)


@pytest.mark.parametrize(
    ("encoded", "error"),
    [
        (sec1(known_answers.SCALAR), UnknownAlgorithm),
        (sec1(known_answers.SCALAR, curve=write.sequence(write.integer(1))), UnknownAlgorithm),
        (sec1(bytes(32), curve=CURVE), InvalidKey),
        (sec1(b"\xff" * 32, curve=CURVE), InvalidKey),
        (sec1(known_answers.SCALAR[1:], curve=CURVE), InvalidKey),
        (sec1(known_answers.SCALAR, curve=CURVE, public=b"\x04" + bytes(64)), InvalidKey),
        (sec1(known_answers.SCALAR, curve=CURVE, public=b"\x04"), InvalidKey),
        (write.sequence(write.integer(2), write.octet_string(b"")), MalformedEncoding),
        (write.sequence(write.integer(0), write.integer(1)), MalformedEncoding),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", MalformedEncoding),
        (b"-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n", MalformedEncoding),
        (b"", MalformedEncoding),
        (bytes(1 << 17), LimitExceeded),
    ],
)
def test_other_private_keys_are_refused(encoded: bytes, error: type[CertsError]) -> None:
    with pytest.raises(error):
        load_private(encoded)


def test_a_parameters_block_gives_the_curve() -> None:
    bare = armour("EC PRIVATE KEY", sec1(known_answers.SCALAR))
    assert load_private(armour("EC PARAMETERS", CURVE) + bare).public_key == SM2.public_key
    other = armour("EC PRIVATE KEY", sec1(known_answers.SCALAR, curve=write.oid(oids.P256)))
    with pytest.raises(MalformedEncoding):
        load_private(armour("EC PARAMETERS", CURVE) + other)


def test_too_many_iterations_are_refused() -> None:
    derivation = write.sequence(
        write.oid(oids.PBKDF2), write.sequence(write.octet_string(b"salt"), write.integer(1 << 40))
    )
    cipher = write.sequence(write.oid(oids.SM4_CBC), write.octet_string(bytes(16)))
    algorithm = write.sequence(write.oid(oids.PBES2), write.sequence(derivation, cipher))
    with pytest.raises(LimitExceeded):
        load_private(write.sequence(algorithm, write.octet_string(b"")), b"password")


@settings(max_examples=300)
@given(some.data())
def test_changed_containers_raise_our_errors_only(data: some.DataObject) -> None:
    encoded = bytearray(data.draw(some.sampled_from([SM2.encode(), SM2.public_key.spki, RSA.public_key.spki])))
    encoded[data.draw(some.integers(0, len(encoded) - 1))] = data.draw(some.integers(0, 255))
    for read in (load_private, PublicKey.from_spki, lambda der: PublicKey.from_spki(der, strict=False)):
        try:
            read(bytes(encoded))
        except CertsError:
            continue


def test_a_private_key_stays_where_it_is() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(SM2)
    assert known_answers.SCALAR.hex() not in repr(SM2)


def test_old_rsa_signatures_verify_and_are_called_weak() -> None:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1

    key = rsa.generate_private_key(65537, 1024)
    signature = key.sign(b"old", PKCS1v15(), SHA1())
    PrivateKey(key).public_key.verify(signature, b"old", RSA_SHA1)
    assert RSA_SHA1.weak


def test_algorithms_are_found_by_identifier() -> None:
    assert algorithms.by_oid(oids.SM2_WITH_SM3) is SM2_SM3
    assert algorithms.digest(oids.SM3, b"abc") == algorithms.digest("sm3", b"abc")
    assert algorithms.digest_size("sha1") == len(algorithms.digest(oids.SHA1, b""))
    assert algorithms.digest("sha256", b"").hex().startswith("e3b0c442")
    for call in (lambda: algorithms.by_oid("1.2.3"), lambda: algorithms.digest("md5", b"")):
        with pytest.raises(UnknownAlgorithm):
            call()


def test_endless_armour_is_read_in_linear_time() -> None:
    with pytest.raises(MalformedEncoding):
        load_private(b"-----BEGIN PRIVATE KEY-----" + b" " * 60_000)
