"""SM3, HMAC-SM3 and SM4 give the answers of their standards, and authentication holds or fails."""

import hashlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from certs.errors import DecryptionFailed, InvalidKey
from certs.sm import sm3, sm4
from tests.support.vectors import Vector, load

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


@pytest.fixture(params=["hashlib", "cryptography"])
def both(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run with the OpenSSL of hashlib, and as on a machine whose OpenSSL lacks SM3."""
    monkeypatch.setattr(sm3, "_HASHLIB", request.param == "hashlib")


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("vector", load("sm", "sm3-"), ids=str)
def test_sm3(vector: Vector) -> None:
    assert sm3.digest(vector.data).hex() == vector.header["digest"]


@pytest.mark.usefixtures("both")
def test_sm3_of_a_million() -> None:
    assert sm3.digest(b"a" * 1_000_000).hex() == "c8aaf89429554029e231941a2acc0ad61ff2a5acd8fadd25847a3a732b3b02c3"


@pytest.mark.usefixtures("both")
def test_a_running_digest_can_be_copied() -> None:
    running = sm3.hasher()
    running.update(b"a")
    second = running.copy()
    running.update(b"bc")
    second.update(b"bc")
    assert running.digest() == running.digest() == second.digest() == hashlib.new("sm3", b"abc").digest()


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("vector", load("sm", "hmac-"), ids=str)
def test_hmac(vector: Vector) -> None:
    assert sm3.hmac(bytes.fromhex(vector.header["key"]), vector.data).hex() == vector.header["digest"]


@pytest.mark.usefixtures("both")
def test_hmac_with_a_long_key_hashes_the_key() -> None:
    assert sm3.hmac(b"k" * 65, b"data") == sm3.hmac(sm3.digest(b"k" * 65), b"data")


@pytest.mark.parametrize("vector", load("sm", "sm4-cbc"), ids=str)
def test_cbc(vector: Vector) -> None:
    key, iv = (bytes.fromhex(vector.header[name]) for name in ("key", "iv"))
    text = sm4.cbc_encrypt(key, iv, vector.data)
    assert text[:-16].hex() == vector.header["output"]
    assert sm4.cbc_decrypt(key, iv, text) == vector.data
    with pytest.raises(DecryptionFailed):
        sm4.cbc_decrypt(key, iv, text[:-16])
    with pytest.raises(DecryptionFailed):
        sm4.cbc_decrypt(key, iv, text[:-1])


@pytest.mark.parametrize("vector", load("sm", "sm4-gcm"), ids=str)
def test_gcm(vector: Vector) -> None:
    key, nonce, aad = (bytes.fromhex(vector.header[name]) for name in ("key", "iv", "aad"))
    text = sm4.gcm_encrypt(key, nonce, vector.data, aad)
    assert text.hex() == vector.header["output"]
    assert sm4.gcm_decrypt(key, nonce, text, aad) == vector.data
    for wrong in (text[:-1] + b"\x00", b"\x00" + text[1:], text[:15], b""):
        with pytest.raises(DecryptionFailed):
            sm4.gcm_decrypt(key, nonce, wrong, aad)
    with pytest.raises(DecryptionFailed):
        sm4.gcm_decrypt(key, nonce, text, aad + b"\x00")


def test_the_block_cipher_of_the_standard() -> None:
    encryptor = Cipher(SM4(KEY), modes.ECB()).encryptor()  # the padding block of CBC hides it otherwise
    assert encryptor.update(KEY).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sizes_are_checked() -> None:
    with pytest.raises(InvalidKey):
        sm4.cbc_encrypt(KEY[:-1], bytes(16), b"")
    with pytest.raises(InvalidKey):
        sm4.cbc_encrypt(KEY, bytes(12), b"")
    with pytest.raises(InvalidKey):
        sm4.gcm_encrypt(KEY, bytes(16), b"")
