"""Public keys as others write them: taken, or refused with one error, whatever stands in them."""

from random import Random
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from trust.web.jwk import public_key
from trust.web.jwt import TokenUnfit, fits

KEYS = {
    "ES256": ECKey.generate_key("P-256").as_dict(private=False),
    "PS256": RSAKey.generate_key(2048).as_dict(private=False),
    "EdDSA": OKPKey.generate_key("Ed25519").as_dict(private=False),
}
RUBBISH: tuple[Any, ...] = (
    None, True, 0, -1, 1e9, "", "x", "SM2", "P-521", "secp256k1", "A" * 43, "A" * 100_000, "é", "\ud800", b"x".decode(), [],
    {}, ["P-256"], {"a": 1},
)  # fmt: skip


@pytest.mark.parametrize("alg", KEYS)
def test_a_key_is_read_whatever_stands_beside_its_numbers(alg: str) -> None:
    read = public_key({**KEYS[alg], "kid": 7, "use": ["x"], "alg": "none", "x5u": "https://evil.example"})
    assert fits(read, alg)
    assert set(read.as_dict(private=False)) <= {"kty", "crv", "x", "y", "n", "e", "kid"}


@pytest.mark.parametrize("alg", KEYS)
def test_no_member_of_another_form_gets_further_than_the_one_error(alg: str) -> None:
    random = Random(7)
    for _ in range(2_000):
        raw = dict(KEYS[alg])
        for name in random.sample(sorted(raw), random.randint(1, 2)):
            if random.random() < 0.3:
                del raw[name]
            else:
                raw[name] = random.choice(RUBBISH)
        try:
            public_key(raw)
        except TokenUnfit:
            continue


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_private_part_is_refused(name: str) -> None:
    for raw in KEYS.values():
        with pytest.raises(TokenUnfit):
            public_key({**raw, name: "AAAA"})
