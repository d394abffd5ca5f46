"""Proofs at the provider's endpoints: one, ours, now, once, with a nonce where a home asks for it."""

from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from idp.oidc.dpop import DpopNonceWanted, DpopProofs, DpopRefused, Nonces
from tests.support.clock import SettableClock
from tests.support.issuer import client_key
from tests.support.seen import Seen
from tests.support.tokens import signing_key
from trust.keys.files import FileKeyRing
from trust.storage.database import Database
from trust.storage.replay import SeenProofs
from trust.web.client_key import ClientKey
from trust.web.dpop import make_proof, token_hash

URL = "https://id.example/oauth/token"
KEY = client_key()


def proof(clock: SettableClock, key: ClientKey = KEY, header: dict[str, Any] | None = None, **changes: Any) -> str:
    said = {"jti": "1", "htm": "POST", "htu": URL, "iat": int(clock.now().timestamp()), **changes}
    public = {name: key.public[name] for name in ("kty", "crv", "x", "y")}
    shown = {"typ": "dpop+jwt", "jwk": public, **(header or {})}
    return key.token(shown, {name: value for name, value in said.items() if value is not ...})


@pytest.fixture
def check() -> DpopProofs:
    return DpopProofs(Seen())


def test_a_proof_tells_its_key_and_no_proof_tells_none(check: DpopProofs, clock: SettableClock) -> None:
    made = make_proof(KEY, method="POST", url=URL, at=clock.now(), identifier="x")
    assert check([made], method="POST", url=URL, at=clock.now()) == KEY.public["kid"]
    assert check([], method="POST", url=URL, at=clock.now()) is None


@pytest.mark.parametrize("seconds", [-10, 0, 10, 60])
def test_clocks_may_differ_a_little(check: DpopProofs, clock: SettableClock, seconds: int) -> None:
    made = proof(clock)
    clock.advance(timedelta(seconds=seconds))
    assert check([made], method="POST", url=URL, at=clock.now())


def test_members_that_proofs_do_not_need_are_no_harm(check: DpopProofs, clock: SettableClock) -> None:
    now = int(clock.now().timestamp())
    assert check([proof(clock, nbf=now, exp=now + 300, extra={"a": 1})], method="POST", url=URL, at=clock.now())


@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "GET"},
        {"htm": "post"},
        {"htm": ...},
        {"htu": "https://id.example/oauth/par"},
        {"htu": "https://evil.example/oauth/token"},
        {"htu": "http://id.example/oauth/token"},
        {"htu": ...},
        {"iat": 0},
        {"iat": 4_000_000_000},
        {"iat": ...},
        {"iat": "now"},
        {"jti": ...},
        {"jti": ""},
        {"jti": 7},
    ],
)
def test_a_proof_for_something_else_is_refused(
    check: DpopProofs, clock: SettableClock, changes: dict[str, Any]
) -> None:
    with pytest.raises(DpopRefused) as caught:
        check([proof(clock, **changes)], method="POST", url=URL, at=clock.now())
    assert caught.value.error == "invalid_dpop_proof"
    assert caught.value()[0] == 400


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS256"},
        {"crit": ["x"]},
        {"jwk": None},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jwk": {**KEY.public, "d": "AAAA"}},
        {"jwk": dict(signing_key("ES256").public)},
        {"jwk": dict(signing_key("RS256").public)},
        {"jwk": dict(signing_key("SM2-SM3").public)},
        {"jwk": "https://evil.example/key"},
    ],
)
def test_a_proof_that_its_own_key_did_not_sign_is_refused(
    check: DpopProofs, clock: SettableClock, header: dict[str, Any]
) -> None:
    with pytest.raises(DpopRefused):
        check([proof(clock, header=header)], method="POST", url=URL, at=clock.now())


def test_two_proofs_and_rubbish_are_refused(check: DpopProofs, clock: SettableClock) -> None:
    for proofs in (
        [proof(clock), proof(clock, jti="2")],
        [""],
        ["a.b.c"],
        ["x" * 100_000],
        [f"{proof(clock)}, x"],
        ["é"],
    ):
        with pytest.raises(DpopRefused):
            check(proofs, method="POST", url=URL, at=clock.now())


def test_a_proof_beside_an_access_token_names_it(check: DpopProofs, clock: SettableClock) -> None:
    for ath in (..., token_hash("other"), ""):
        with pytest.raises(DpopRefused):
            check([proof(clock, ath=ath)], method="POST", url=URL, at=clock.now(), access_token="token")
    made = proof(clock, ath=token_hash("token"))
    assert check([made], method="POST", url=URL, at=clock.now(), access_token="token")


def test_of_many_at_once_one_counts_and_a_second_process_knows(database: Database, clock: SettableClock) -> None:
    made = proof(clock)
    won: list[str | None] = []

    def present() -> None:
        try:
            won.append(DpopProofs(SeenProofs(database))([made], method="POST", url=URL, at=clock.now()))
        except DpopRefused:
            return

    threads = [Thread(target=present) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [KEY.public["kid"]]


def test_a_home_may_ask_for_nonces(clock: SettableClock, tmp_path: Path) -> None:
    first, second = (Nonces.of(FileKeyRing.open(tmp_path / "ring")) for _ in range(2))
    seen = Seen()
    check = DpopProofs(seen, first)
    for nonce in (..., "invented", Nonces(bytes(32)).current(clock.now())):
        with pytest.raises(DpopNonceWanted) as caught:
            check([proof(clock, nonce=nonce)], method="POST", url=URL, at=clock.now())
    status, body, headers = caught.value()
    assert (status, body["error"]) == (400, "use_dpop_nonce")
    given = dict(headers)["DPoP-Nonce"]
    assert given == second.current(clock.now())
    assert not seen.values  # what was refused may come again
    assert check([proof(clock, nonce=given)], method="POST", url=URL, at=clock.now())
    assert bytes(first.secret).hex() not in repr(check)


def test_a_nonce_counts_for_two_to_four_minutes(clock: SettableClock, tmp_path: Path) -> None:
    nonces = Nonces.of(FileKeyRing.open(tmp_path / "ring"))
    given = nonces.current(clock.now())
    assert nonces.fresh(given, clock.now() + timedelta(minutes=2))
    assert not nonces.fresh(given, clock.now() + timedelta(minutes=4))
    assert not nonces.fresh(given, clock.now() - timedelta(minutes=2))
    assert not nonces.fresh("é", clock.now())
