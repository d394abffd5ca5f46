"""Twenty thousand mutations of keys, cipher texts, signatures and key files each: only errors of ours."""

import random
from collections.abc import Callable

import pytest

from certs import der_writer as write
from certs import oids, pfx, pkcs12_password
from certs.errors import CertsError, DecryptionFailed, InvalidSignature
from certs.keys import PrivateKey, PublicKey, load_private
from certs.sm import known_answers, sm2
from certs.sm.sm2 import Sm2PrivateKey
from tests.support.mutation import mutate
from tests.support.shared import sample

MUTATIONS = 20_000
KEY = PrivateKey(Sm2PrivateKey.from_scalar(known_answers.SCALAR))
SEC1 = write.sequence(
    write.integer(1), write.octet_string(known_answers.SCALAR), write.explicit(0, write.oid(oids.SM2_CURVE))
)
PROTECTED = KEY.encrypt(b"password", iterations=1)
REMARKS: set[str] = set()


def look_at_private_key(data: bytes) -> None:
    load_private(data, b"password")


def look_at_public_key(data: bytes) -> None:
    found = PublicKey.from_spki(data, strict=False, remarks=REMARKS)
    assert PublicKey.from_spki(found.spki) == found


def look_at_cipher_text(data: bytes) -> None:
    opened = sm2.decrypt(KEY.sm2, data)
    assert data == known_answers.CIPHER
    assert opened == known_answers.PLAINTEXT


def look_at_signature(data: bytes) -> None:
    try:
        sm2.verify_digest(KEY.public_key.sm2, known_answers.DIGEST, data)
    except InvalidSignature:
        if sm2.read_signature(data, REMARKS) == known_answers.SIGNATURE:
            return  # the same r and s in a spelling that only a tolerant reader takes
        raise
    assert data == known_answers.SIGNATURE


@pytest.mark.parametrize(
    ("look", "data"),
    [
        (look_at_private_key, KEY.encode()),
        (look_at_private_key, SEC1),
        (look_at_private_key, PROTECTED),
        (look_at_public_key, KEY.public_key.spki),
        (look_at_cipher_text, known_answers.CIPHER),
        (look_at_signature, known_answers.SIGNATURE),
    ],
    ids=["PKCS#8", "SEC1", "protected PKCS#8", "public key", "cipher text", "signature"],
)
def test_mutations_give_typed_errors_only(look: Callable[[bytes], None], data: bytes) -> None:
    chance = random.Random(20_260_302)
    look(data)
    refused = 0
    for _ in range(MUTATIONS):
        try:
            look(mutate(data, chance))
        except CertsError:
            refused += 1
    assert refused > MUTATIONS // 4


def test_mutated_key_files_give_typed_errors_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The MAC, which would stop nearly all of them, is waived, and iterations cost nothing."""
    monkeypatch.setattr(pkcs12_password, "check_mac", lambda *_: None)
    monkeypatch.setattr(pkcs12_password, "decrypt", _no_decryption)
    data = sample("cert/ROOT.p12")
    chance = random.Random(20_260_303)
    refused = 0
    for _ in range(MUTATIONS):
        try:
            pfx.read(mutate(data, chance), "123456")
        except CertsError:
            refused += 1
    assert refused > MUTATIONS // 4


def _no_decryption(algorithm: bytes, password: str, text: bytes) -> bytes:
    if not password:
        raise DecryptionFailed(algorithm.hex())
    return KEY.encode() if len(text) < 300 else _certificate_bag()


def _certificate_bag() -> bytes:
    certificate = write.sequence(
        write.oid(oids.X509_CERTIFICATE), write.explicit(0, write.octet_string(sample("cert/x-fjca-seal-platform.der")))
    )
    return write.sequence(write.sequence(write.oid(oids.CERTIFICATE_BAG), write.explicit(0, certificate)))
