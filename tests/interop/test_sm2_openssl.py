"""The openssl command signs, verifies and decrypts what we do, with the identity given on its command line."""

import shutil
import subprocess
from pathlib import Path

import pytest

from certs import pem
from certs.keys import PrivateKey, Protection, load_private
from certs.sm import sm2
from certs.sm.sm2 import Sm2PrivateKey

OPENSSL = shutil.which("openssl")
KEY = PrivateKey(Sm2PrivateKey.generate())
IDENTITY = "distid:1234567812345678"

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="the openssl command is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "key.pem").write_text(pem.encode(KEY.encode(), "PRIVATE KEY"))
    (tmp_path / "public.pem").write_text(pem.encode(KEY.public_key.spki, "PUBLIC KEY"))
    return tmp_path


def openssl(folder: Path, *arguments: str) -> bytes:
    assert OPENSSL is not None
    done = subprocess.run([OPENSSL, *arguments], cwd=folder, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.parametrize("size", [0, 1, 63, 64, 100_000, 1 << 20])
def test_openssl_verifies_our_signatures_and_we_its(folder: Path, size: int) -> None:
    message = bytes(size)
    (folder / "message").write_bytes(message)
    (folder / "ours").write_bytes(KEY.sign(message))
    openssl(folder, "dgst", "-sm3", "-verify", "public.pem", "-signature", "ours", "-sigopt", IDENTITY, "message")
    theirs = openssl(folder, "dgst", "-sm3", "-sign", "key.pem", "-sigopt", IDENTITY, "message")
    sm2.verify(KEY.public_key.sm2, message, theirs)


def test_another_identity_is_another_signature(folder: Path) -> None:
    (folder / "message").write_bytes(b"message")
    theirs = openssl(folder, "dgst", "-sm3", "-sign", "key.pem", "-sigopt", "distid:ALICE123@YAHOO.COM", "message")
    sm2.verify(KEY.public_key.sm2, b"message", theirs, b"ALICE123@YAHOO.COM")


@pytest.mark.parametrize("size", [1, 31, 32, 33, 4096])
def test_openssl_decrypts_ours_and_we_its(folder: Path, size: int) -> None:
    text = b"\x5a" * size
    (folder / "cipher").write_bytes(sm2.encrypt(KEY.public_key.sm2, text))
    assert openssl(folder, "pkeyutl", "-decrypt", "-inkey", "key.pem", "-in", "cipher") == text
    (folder / "text").write_bytes(text)
    theirs = openssl(folder, "pkeyutl", "-encrypt", "-pubin", "-inkey", "public.pem", "-in", "text")
    assert sm2.decrypt(KEY.sm2, theirs) == text


def test_openssl_opens_our_protected_keys(folder: Path) -> None:
    protected = KEY.encrypt(b"password", Protection.AES, iterations=1000)  # 3.0 has no HMAC-SM3 in PBKDF2
    (folder / "protected.der").write_bytes(protected)
    plain = openssl(folder, "pkcs8", "-inform", "DER", "-in", "protected.der", "-passin", "pass:password")
    assert load_private(plain).public_key == KEY.public_key


@pytest.mark.parametrize("cipher", ["aes-256-cbc", "aes-128-cbc", "sm4-cbc"])
def test_we_open_the_protected_keys_of_openssl(folder: Path, cipher: str) -> None:
    protected = openssl(folder, "pkcs8", "-topk8", "-in", "key.pem", "-v2", cipher, "-passout", "pass:password")
    assert load_private(protected, b"password").public_key == KEY.public_key


def test_we_read_what_openssl_generates(folder: Path) -> None:
    made = openssl(folder, "ecparam", "-name", "SM2", "-genkey")
    assert b"PARAMETERS" in made
    key = load_private(made)
    (folder / "made.pem").write_bytes(made)
    assert openssl(folder, "pkey", "-in", "made.pem", "-pubout", "-outform", "DER") == key.public_key.spki
