"""Keys as processes hold them: one look a second, a rotation noticed by everybody, nothing lost in between."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Connection, update

from idp.errors import SigningKeyMissing
from idp.model.signing_key import ALGORITHMS, KeyRecord, Standing
from idp.oidc import jose
from idp.oidc.keys import SigningKeys
from idp.storage.keys import KeyRecords
from idp.storage.tables_keys import keys as table
from idp.usecases.rotate_signing_keys import RotateSigningKeys
from tests.support.clock import SettableClock
from tests.support.tokens import signing_key
from trust.keys.files import FileKeyRing
from trust.keys.ring import KeyRing
from trust.storage.database import Database
from trust.storage.errors import StorageUnavailable
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal
from trust.web.jwt import TokenUnfit, from_base64url

BY = Principal.service("test")


@dataclass
class Province:
    """A database and a ring that several processes share."""

    database: Database
    rotate: RotateSigningKeys
    folder: Path
    now: float = 0.0
    looks: list[float] = field(default_factory=list)

    def process(self) -> SigningKeys:
        ring: KeyRing = FileKeyRing.open(self.folder)
        return SigningKeys(self._reading, ring, lambda: self.rotate(BY), lambda: self.now)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        self.looks.append(self.now)
        with self.database.reading() as db:
            yield db


@pytest.fixture
def province(database: Database, new_work: NewWork, clock: SettableClock, tmp_path: Path) -> Province:
    folder = tmp_path / "ring"
    return Province(database, RotateSigningKeys(new_work, FileKeyRing.open(folder), clock, rsa_bits=2048), folder)


def kids(jwks: bytes) -> list[str]:
    return [key["kid"] for key in json.loads(jwks)["keys"]]


def test_the_first_keys_are_made_once_and_published_without_sm2(province: Province) -> None:
    first, second = province.process(), province.process()
    first.load()
    for alg in ALGORITHMS:
        assert first.current(alg).kid == second.current(alg).kid
    assert first.jwks() == second.jwks()
    said = json.loads(first.jwks())["keys"]
    assert [(key["kty"], key["alg"], key["use"]) for key in said[:2]] == [
        ("EC", "ES256", "sig"),
        ("RSA", "RS256", "sig"),
    ]
    assert len(said) == 4
    assert {key["alg"] for key in said} == {"RS256", "ES256"}
    assert len(kids(first.jwks(sm2=True))) == 6
    assert not any({"d", "p", "q"} & key.keys() for key in json.loads(first.jwks(sm2=True))["keys"])


def test_the_table_is_looked_at_once_a_second_whoever_asks(province: Province) -> None:
    keys = province.process()
    keys.load()
    province.looks.clear()
    held = keys.jwks()
    for step in range(40):
        province.now = step * 0.1
        assert keys.jwks() is held
        keys.find("foreign", "ES256")
    assert len(province.looks) == 3


def test_a_rotation_in_the_middle_of_flows_loses_nothing(province: Province, clock: SettableClock) -> None:
    ahead, behind = province.process(), province.process()
    for keys in (ahead, behind):
        keys.load()
    before = {alg: jose.sign(ahead.current(alg), {"sub": "s"}) for alg in ALGORITHMS}
    kept = kids(behind.jwks(sm2=True))  # what a relying platform keeps
    clock.advance(timedelta(days=31))
    province.now = 0.5
    province.rotate(BY)
    province.now = 1.0
    assert {ahead.current(alg).kid for alg in ALGORITHMS}.isdisjoint({json_kid(token) for token in before.values()})
    province.now = 0.9  # the other process has not looked yet
    for alg in ALGORITHMS:
        old, new = jose.sign(behind.current(alg), {"sub": "s"}), jose.sign(ahead.current(alg), {"sub": "s"})
        assert json_kid(old) != json_kid(new)
        for token in (before[alg], old, new):
            assert json_kid(token) in kept
            for keys in (ahead, behind):
                assert jose.verify(token, keys, algorithms=[alg]).text("sub") == "s"
    province.now = 2.5
    assert behind.jwks() == ahead.jwks()
    assert [behind.current(alg).kid for alg in ALGORITHMS] == [ahead.current(alg).kid for alg in ALGORITHMS]


def test_an_archived_key_verifies_hints_and_a_withdrawn_one_nothing(province: Province, clock: SettableClock) -> None:
    keys = province.process()
    keys.load()
    token = jose.sign(keys.current("ES256"), {"sub": "s"})
    clock.advance(timedelta(days=31))
    province.rotate(BY)
    clock.advance(timedelta(hours=3))
    province.rotate(BY)
    province.now += 2
    assert json_kid(token) not in kids(keys.jwks())
    assert jose.verify(token, keys, algorithms=["ES256"]).text("sub") == "s"
    leaked = jose.sign(keys.current("ES256"), {"sub": "s"})
    province.rotate.withdraw(json_kid(token), BY)
    province.rotate.withdraw(json_kid(leaked), BY)
    province.now += 2
    for one in (token, leaked):
        with pytest.raises(TokenUnfit):
            jose.verify(one, keys, algorithms=["ES256"])
    assert json_kid(leaked) not in kids(keys.jwks())
    assert json_kid(jose.sign(keys.current("ES256"), {"sub": "s"})) in kids(keys.jwks())


def test_a_token_of_ours_without_a_name_or_under_another_algorithm_finds_no_key(province: Province) -> None:
    keys = province.process()
    kid = keys.current("ES256").kid
    assert keys.find(None, "ES256") == ()
    assert keys.find(kid, "RS256") == ()
    assert len(keys.find(kid, "ES256")) == 1
    for alg in ("PS256", "none", "x" * 5000):
        with pytest.raises(SigningKeyMissing):
            keys.current(alg)


def test_a_key_that_somebody_wrote_into_the_table_is_not_believed(
    province: Province, caplog: pytest.LogCaptureFixture
) -> None:
    keys = province.process()
    keys.load()
    theirs = signing_key("ES256")
    with province.database.writing() as db:
        KeyRecords(db).add(
            KeyRecord(theirs.kid, "ES256", 99, Standing.RETIRED, theirs.public, province.rotate.clock.now())
        )
        db.execute(update(table).where(table.c.alg == "RS256").values(public=json.dumps(dict(theirs.public))))
    province.now += 2
    assert theirs.kid not in kids(keys.jwks())
    with pytest.raises(TokenUnfit):
        jose.verify(jose.sign(theirs, {"sub": "s"}), keys, algorithms=["ES256"])
    assert "not the one in the ring" in province.process().jwks().decode() + caplog.text


def test_what_is_known_goes_on_serving_while_the_database_is_away(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = province.process()

    def away(records: KeyRecords) -> list[KeyRecord]:
        raise StorageUnavailable(str(bool(records)))

    with monkeypatch.context() as patch:
        patch.setattr(KeyRecords, "all", away)
        with pytest.raises(StorageUnavailable):
            keys.jwks()
    known = keys.jwks()
    monkeypatch.setattr(KeyRecords, "all", away)
    province.now += 5
    province.looks.clear()
    assert keys.jwks() is known
    assert keys.current("ES256").kid in kids(known)
    assert len(province.looks) == 1


def test_hints_older_than_a_few_keys_are_not_recognised(province: Province, clock: SettableClock) -> None:
    keys = province.process()
    tokens = []
    for _ in range(6):
        tokens.append(jose.sign(keys.current("ES256"), {"sub": "s"}))
        clock.advance(timedelta(days=31))
        province.rotate(BY)
        clock.advance(timedelta(hours=3))
        province.rotate(BY)
        province.now += 2
    recognised = [bool(keys.find(json_kid(token), "ES256")) for token in tokens]
    assert recognised == [False, False, False, True, True, True]


def test_a_process_waits_for_the_key_file_that_its_ring_does_not_have_yet(
    province: Province, clock: SettableClock
) -> None:
    keys = province.process()
    keys.load()
    file = province.folder / "keys" / "idp" / "ES256-3.pem"
    clock.advance(timedelta(days=31))
    province.rotate(BY)
    away = file.rename(file.with_suffix(".away"))
    province.now += 2
    assert len([key for key in json.loads(keys.jwks())["keys"] if key["alg"] == "ES256"]) == 2
    assert jose.verify(jose.sign(keys.current("ES256"), {"sub": "s"}), keys, algorithms=["ES256"]).text("sub") == "s"
    away.rename(file)
    province.now += 2
    assert len([key for key in json.loads(keys.jwks())["keys"] if key["alg"] == "ES256"]) == 3


def test_many_threads_at_first_need_and_at_a_rotation_agree(province: Province, clock: SettableClock) -> None:
    keys = province.process()
    found: list[str] = []
    threads = [Thread(target=lambda: found.append(keys.current("ES256").kid)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    clock.advance(timedelta(days=31))
    rotating = [Thread(target=province.rotate, args=(BY,)) for _ in range(3)]
    for thread in rotating:
        thread.start()
    for thread in rotating:
        thread.join()
    province.now += 2
    assert keys.current("ES256").kid not in found
    assert len(kids(keys.jwks())) == 6  # next, current and retired, of two algorithms


def json_kid(token: str) -> str:
    return str(json.loads(from_base64url(token.partition(".")[0]))["kid"])
