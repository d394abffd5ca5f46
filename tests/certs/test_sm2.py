"""SM2 computes what the standard's annexes show, and refuses what it must, with every provider."""

from collections.abc import Callable

import pytest

from certs import der_writer as write
from certs.errors import DecryptionFailed, InvalidKey, InvalidSignature, MalformedEncoding
from certs.sm import arithmetic, curve, known_answers, providers, selftest, sm2, tables
from certs.sm.provider import Sm2Provider
from certs.sm.sm2 import Sm2PrivateKey, Sm2PublicKey

N = curve.N
EVERY = providers.available()
PAIRS = [(one, other) for one in EVERY for other in EVERY]
KEY = Sm2PublicKey(known_answers.POINT)


def name(provider: Sm2Provider) -> str:
    return provider.name


def test_the_digest_of_annex_a() -> None:
    assert sm2.z_value(KEY).hex() == "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3"
    assert sm2.digest(KEY, b"message digest") == known_answers.DIGEST


def test_the_signature_of_annex_a() -> None:
    nonce = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
    assert (
        tables.PythonPrivateKey(known_answers.SCALAR).sign_with_nonce(known_answers.DIGEST, nonce)
        == known_answers.SIGNATURE
    )
    sm2.verify(KEY, b"message digest", known_answers.SIGNATURE)
    for message, identity in ((b"message digesu", sm2.DEFAULT_ID), (b"message digest", b"")):
        with pytest.raises(InvalidSignature):
            sm2.verify(KEY, message, known_answers.SIGNATURE, identity)


def test_the_cipher_text_of_annex_c() -> None:
    nonce = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
    point = curve.split(known_answers.POINT)
    assert tables.encrypt_with_nonce(point, known_answers.PLAINTEXT, nonce) == known_answers.CIPHER
    assert sm2.decrypt(Sm2PrivateKey(known_answers.SCALAR), known_answers.CIPHER) == known_answers.PLAINTEXT


@pytest.mark.parametrize("provider", EVERY, ids=name)
def test_a_coordinate_with_a_leading_zero_byte_decrypts(provider: Sm2Provider) -> None:
    scalar = bytes.fromhex("d09156733017bdad809fd9bbd8c693f60230593169b6f94aaf1c8ee138cc99b5")
    cipher = bytes.fromhex(
        "3072022070dad60cda7c30d64cf4f278a849003581223f5324bfec9bb329229bffad21a6021f18afab2b35459d2643243b242be4ea80"
        "c6fa5071d2d847340cc57eb9309e5d04200b772e4db664b2601e3b85e39c4aa8c2c1910308be13b331e009c5a9258c29fd040b6d588b"
        "e9260a94da18e0e6"
    )
    assert provider.private_key(scalar).decrypt(cipher) == b"Hello World"


def leading_zero_keys() -> list[bytes]:
    """Scalars whose public keys have an x or y that begins with a zero byte, or an x that looks like the prefix 04."""
    found: dict[str, bytes] = {}
    running: arithmetic.Jacobian = (*arithmetic.BASE, 1)
    scalar = 1
    while len(found) < 3:
        running, scalar = arithmetic.add(running, arithmetic.BASE), scalar + 1
        settled = arithmetic.affine(running)
        assert settled is not None
        seen = {"x": settled[0] >> 248 == 0, "y": settled[1] >> 248 == 0, "04": settled[0] >> 248 == 4}
        for kind in (kind for kind, is_so in seen.items() if is_so and kind not in found):
            found[kind] = scalar.to_bytes(32, "big")
    return list(found.values())


EDGES = [scalar.to_bytes(32, "big") for scalar in (1, 2, N - 3, N - 2)]
SCALARS = [known_answers.SCALAR, *EDGES, *leading_zero_keys()]


@pytest.mark.parametrize("scalar", SCALARS, ids=lambda scalar: scalar.hex()[-6:])
@pytest.mark.parametrize(("one", "other"), PAIRS, ids=name)
def test_providers_verify_and_decrypt_each_other(one: Sm2Provider, other: Sm2Provider, scalar: bytes) -> None:
    private, elsewhere = one.private_key(scalar), other.private_key(scalar)
    assert private.point == elsewhere.point
    public, theirs = one.public_key(private.point), other.public_key(private.point)
    for e in (bytes(32), b"\xff" * 32, known_answers.DIGEST):
        assert theirs.verify(e, private.sign(e))
        assert public.verify(e, elsewhere.sign(e))
    for size in (1, 2, 31, 32, 33, 1000):
        text = bytes(range(256))[:1] * size
        assert elsewhere.decrypt(public.encrypt(text)) == text


@pytest.mark.parametrize("scalar", SCALARS, ids=lambda scalar: scalar.hex()[-6:])
@pytest.mark.parametrize("provider", EVERY, ids=name)
def test_gmssl_agrees(provider: Sm2Provider, scalar: bytes) -> None:
    private = provider.private_key(scalar)
    peer = selftest.GmsslKey(scalar, private.point)
    public = provider.public_key(private.point)
    assert peer.verify(known_answers.DIGEST, private.sign(known_answers.DIGEST))
    assert public.verify(known_answers.DIGEST, peer.sign(known_answers.DIGEST))
    assert peer.decrypt(public.encrypt(b"text")) == b"text"


def spelled(r: bytes, s: bytes) -> bytes:
    return write.sequence(write.tlv(2, r), write.tlv(2, s))


R, S = (value.to_bytes(33, "big") for value in sm2.decode_signature(known_answers.SIGNATURE))
BAD: dict[str, bytes] = {
    "r = 0": sm2.encode_signature(0, int.from_bytes(S, "big")),
    "s = 0": sm2.encode_signature(int.from_bytes(R, "big"), 0),
    "r = n": sm2.encode_signature(N, int.from_bytes(S, "big")),
    "s = n": sm2.encode_signature(int.from_bytes(R, "big"), N),
    "r all ones": sm2.encode_signature((1 << 256) - 1, int.from_bytes(S, "big")),
    "s + n": sm2.encode_signature(int.from_bytes(R, "big"), int.from_bytes(S, "big") + N),
    "r + n": sm2.encode_signature(int.from_bytes(R, "big") + N, int.from_bytes(S, "big")),
    "r + s = n": sm2.encode_signature(int.from_bytes(R, "big"), N - int.from_bytes(R, "big")),
    "negative r": spelled(R[1:], S),
    "negative s": spelled(R, S[1:]),
    "padded r": spelled(b"\x00" + R, S),
    "padded s": spelled(R, b"\x00" + S),
    "trailing byte": known_answers.SIGNATURE + b"\x00",
    "trailing element": write.sequence(write.tlv(2, R), write.tlv(2, S), write.NULL),
    "long length": b"\x30\x81" + known_answers.SIGNATURE[1:],
    "indefinite": b"\x30\x80" + known_answers.SIGNATURE[2:] + b"\x00\x00",
    "cut": known_answers.SIGNATURE[:-1],
    "empty": b"",
    "empty integers": spelled(b"", b""),
    "raw": R[1:] + S[1:],
    "a set": b"\x31" + known_answers.SIGNATURE[1:],
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize("provider", EVERY, ids=name)
def test_a_bad_signature_is_refused_quietly(provider: Sm2Provider, bad: bytes) -> None:
    assert not provider.public_key(known_answers.POINT).verify(known_answers.DIGEST, bad)
    if bad != BAD["r + s = n"]:  # whose spelling is right
        with pytest.raises(MalformedEncoding):
            sm2.decode_signature(bad)


BAD_POINTS = {
    "off the curve": known_answers.POINT[:-1] + b"\x00",
    "zero": bytes(64),
    "x = p": curve.P.to_bytes(32, "big") + known_answers.POINT[32:],
    "all ones": b"\xff" * 64,
    "short": known_answers.POINT[1:],
    "compressed": b"\x03" + known_answers.POINT[:32],
    "hybrid": b"\x07" + known_answers.POINT,
    "empty": b"",
}


@pytest.mark.parametrize("point", BAD_POINTS.values(), ids=BAD_POINTS)
def test_a_key_off_the_curve_is_refused(point: bytes) -> None:
    with pytest.raises(InvalidKey):
        Sm2PublicKey.from_point(point)


@pytest.mark.parametrize("scalar", [bytes(32), (N - 1).to_bytes(32, "big"), N.to_bytes(32, "big"), b"\x01" * 31])
def test_a_scalar_out_of_range_is_refused(scalar: bytes) -> None:
    with pytest.raises(InvalidKey):
        Sm2PrivateKey.from_scalar(scalar)


@pytest.mark.parametrize("provider", EVERY, ids=name)
@pytest.mark.parametrize(
    "change",
    [
        lambda der: der[:-1] + bytes((der[-1] ^ 1,)),
        lambda der: der[:50] + bytes((der[50] ^ 1,)) + der[51:],
        lambda der: der + b"\x00",
        lambda der: der[:-1],
        lambda _: b"",
        lambda der: sm2.encode_cipher(sm2.decode_cipher(der)._replace(check=bytes(32))),
        lambda der: sm2.encode_cipher(sm2.decode_cipher(der)._replace(point=bytes(64))),
        lambda der: sm2.encode_cipher(sm2.decode_cipher(der)._replace(point=b"\xff" * 64)),
    ],
)
def test_a_changed_cipher_text_does_not_decrypt(provider: Sm2Provider, change: Callable[[bytes], bytes]) -> None:
    assert provider.private_key(known_answers.SCALAR).decrypt(change(known_answers.CIPHER)) is None


def test_the_door_says_what_failed() -> None:
    key = Sm2PrivateKey.generate()
    with pytest.raises(DecryptionFailed):
        sm2.decrypt(key, known_answers.CIPHER)
    with pytest.raises(InvalidKey):
        sm2.encrypt(key.public, b"")
    with pytest.raises(InvalidSignature):
        sm2.sign_digest(key, b"short")
    with pytest.raises(InvalidSignature):
        sm2.verify_digest(key.public, b"short", known_answers.SIGNATURE)
    with pytest.raises(InvalidKey):
        sm2.z_value(key.public, b"1" * 8192)


def test_keys_are_values() -> None:
    key = Sm2PrivateKey.generate()
    assert Sm2PublicKey.from_point(b"\x04" + key.public.point) == key.public
    assert hash(Sm2PublicKey(key.public.point)) == hash(key.public)
    assert key.scalar().hex() not in repr(key)
    with pytest.raises(AttributeError):
        key.public.point = bytes(64)
    with pytest.raises(TypeError):
        key.__reduce__()


def test_raw_values_turn_into_der_and_back() -> None:
    raw = sm2.to_raw(known_answers.SIGNATURE)
    assert sm2.from_raw(raw) == known_answers.SIGNATURE
    device = bytes(32) + raw[:32] + bytes(32) + raw[32:]
    remarks: set[str] = set()
    assert sm2.read_signature(raw, remarks) == sm2.read_signature(device, remarks) == known_answers.SIGNATURE
    assert remarks == {"raw-signature-value"}
    for wrong in (b"", raw[1:], bytes(64), b"\xff" * 64):
        with pytest.raises(MalformedEncoding):
            sm2.from_raw(wrong)


def test_a_padded_signature_is_read_with_a_remark() -> None:
    remarks: set[str] = set()
    assert sm2.read_signature(BAD["padded r"], remarks) == known_answers.SIGNATURE
    assert remarks == {"non-minimal-integer"}
    assert sm2.read_signature(known_answers.SIGNATURE, set()) == known_answers.SIGNATURE
    for bad in ("trailing byte", "negative r", "r = n", "cut", "empty"):
        with pytest.raises(MalformedEncoding):
            sm2.read_signature(BAD[bad], set())
