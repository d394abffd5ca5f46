"""Password digests of older systems: what is read, what it matches, what is refused."""

import base64
import hashlib

import pytest

from certs.sm import sm3
from idp.model.old_hash import OldHash

PASSWORD = "旧口令-Old1"
SALTED = b"pepper" + PASSWORD.encode()
PBKDF2 = base64.b64encode(hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"pepper", 1000)).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"md5$pepper${hashlib.md5(SALTED, usedforsecurity=False).hexdigest()}",
        f"sha256$pepper${hashlib.sha256(SALTED).hexdigest()}",
        f"sha512$pepper${hashlib.sha512(SALTED).hexdigest().upper()}",
        f"sm3$pepper${sm3.digest(SALTED).hex()}",
        f"pbkdf2_sha256$1000$pepper${PBKDF2}",
    ],
)
def test_a_digest_matches_its_password_alone(text: str) -> None:
    old = OldHash.find(text)
    assert old is not None
    assert old.matches(PASSWORD)
    assert not old.matches(PASSWORD + " ")
    assert text.rpartition("$")[2] not in repr(old)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "md5$$",
        "md5$s$" + "0" * 33,
        "md5$s$" + "0" * 64,
        "crc32$s$" + "0" * 32,
        "pbkdf2_sha256$0$s$" + PBKDF2,
        "pbkdf2_sha256$9999999$s$" + PBKDF2,
        "pbkdf2_sha256$1000$s$" + PBKDF2[:-4],
        "pbkdf2_sha256$1000$s$" + "=" * 20,
        "{SHA}" + "0" * 40,
    ],
)
def test_what_cannot_be_checked_is_none(text: str) -> None:
    assert OldHash.find(text) is None
