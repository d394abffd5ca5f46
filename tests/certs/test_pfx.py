"""PKCS#12 files of the samples open, wrong passwords and changed files do not."""

import pytest

from certs import algorithms, pfx
from certs.errors import CertsError, DecryptionFailed, LimitExceeded
from certs.rc2 import cbc_decrypt
from tests.support.shared import sample

FILES = {"ROOT.p12": "123456", "USER.p12": "777777", "SealBuilder.p12": "777777", "sm2_test.pfx": "123456"}


@pytest.mark.parametrize(("name", "password"), FILES.items())
def test_samples_open(name: str, password: str) -> None:
    opened = pfx.read(sample(f"cert/{name}"), password)
    assert opened.key is not None
    assert opened.certificate is not None
    assert opened.certificate.public_key == opened.key.public_key
    assert opened.others == ()
    assert opened.alias == ("" if name == "sm2_test.pfx" else "private")
    signature = opened.key.sign(b"message")
    opened.certificate.public_key.verify(signature, b"message", algorithms.SM2_SM3)


def test_user_and_maker_are_signed_by_the_root() -> None:
    root = pfx.read(sample("cert/ROOT.p12"), "123456").certificate
    assert root is not None
    for name in ("USER.p12", "SealBuilder.p12"):
        own = pfx.read(sample(f"cert/{name}"), "777777").certificate
        assert own is not None
        own.verify_signed_by(root.public_key)


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_password_is_refused(name: str) -> None:
    with pytest.raises(DecryptionFailed):
        pfx.read(sample(f"cert/{name}"), "123457")


def test_a_changed_byte_is_refused() -> None:
    encoded = sample("cert/sm2_test.pfx")
    for index in range(0, len(encoded), 7):
        changed = bytearray(encoded)
        changed[index] ^= 0x11
        with pytest.raises(CertsError):
            pfx.read(bytes(changed), FILES["sm2_test.pfx"])


def test_many_iterations_and_large_files_are_refused() -> None:
    encoded = sample("cert/ROOT.p12")
    assert encoded.endswith(bytes.fromhex("0203019000"))
    with pytest.raises(LimitExceeded):
        pfx.read(encoded[:-3] + b"\x7f\xff\xff", "123456")
    with pytest.raises(LimitExceeded):
        pfx.read(bytes(pfx.MAX_BYTES + 1), "")


@pytest.mark.parametrize(
    ("key", "bits", "plain", "cipher"),
    [
        ("0000000000000000", 63, "0000000000000000", "ebb773f993278eff"),
        ("ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"),
        ("3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"),
        ("88", 64, "0000000000000000", "61a8a244adacccf0"),
        ("88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"),
    ],
)
def test_rc2_gives_the_answers_of_its_rfc(key: str, bits: int, plain: str, cipher: str) -> None:
    found = cbc_decrypt(bytes.fromhex(key), bytes(8), bytes.fromhex(cipher), bits)
    assert found.hex() == plain


def test_rc2_wants_whole_blocks() -> None:
    with pytest.raises(DecryptionFailed):
        cbc_decrypt(b"12345", bytes(8), bytes(9))
