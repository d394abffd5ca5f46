"""Rotating: what is due happens once, is in the journal, and survives interruptions and rivals."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import text

from certs.keys import KeyKind, PublicKey
from idp.errors import SigningKeyMissing, SigningKeysChanged, SigningKeyTooFresh
from idp.model.signing_key import ALGORITHMS, ES256, KeyRecord, Standing
from idp.settings_keys import ALGORITHMS as CONFIGURABLE
from idp.storage.keys import KeyRecords
from idp.usecases.rotate_signing_keys import RotateSigningKeys
from tests.support.clock import SettableClock
from trust.keys.files import FileKeyRing
from trust.keys.ring import KeyRing
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal

BY = Principal.service("test")


@pytest.fixture
def ring(tmp_path: Path) -> FileKeyRing:
    return FileKeyRing.open(tmp_path / "ring")


@pytest.fixture
def rotate(new_work: NewWork, ring: FileKeyRing, clock: SettableClock) -> RotateSigningKeys:
    return RotateSigningKeys(new_work, ring, clock, algorithms=(ES256,))


def stand(database: Database) -> list[tuple[int, str]]:
    with database.reading() as db:
        return [(one.number, one.standing.value) for one in KeyRecords(db).all()]


def events(database: Database) -> Counter[str]:
    with database.reading() as db:
        return Counter(db.execute(text("SELECT event FROM trust_journal_entry")).scalars())


def test_settings_know_the_algorithms_there_are() -> None:
    assert CONFIGURABLE == ALGORITHMS


def test_keys_live_and_every_step_is_in_the_journal(
    database: Database, rotate: RotateSigningKeys, clock: SettableClock, ring: FileKeyRing
) -> None:
    assert [one.standing for one in rotate(BY)] == [Standing.CURRENT, Standing.NEXT]
    assert rotate(BY) == []
    clock.advance(timedelta(days=29))
    assert rotate(BY) == []
    clock.advance(timedelta(days=1))
    rotate(BY)
    assert stand(database) == [(1, "retired"), (2, "current"), (3, "next")]
    clock.advance(timedelta(hours=2))
    rotate(BY)
    assert stand(database) == [(1, "archived"), (2, "current"), (3, "next")]
    assert ring.names() == ("idp/ES256-1", "idp/ES256-2", "idp/ES256-3")
    assert events(database) == {
        "signing-key-taken-up": 2, "signing-key-announced": 2, "signing-key-retired": 1, "signing-key-archived": 1,
    }  # fmt: skip


def test_an_operator_waits_until_the_next_key_is_known(
    database: Database, rotate: RotateSigningKeys, clock: SettableClock
) -> None:
    with pytest.raises(SigningKeyMissing):
        rotate.take_up(ES256, BY)
    rotate(BY)
    with pytest.raises(SigningKeyTooFresh):
        rotate.take_up(ES256, BY)
    assert stand(database) == [(1, "current"), (2, "next")]
    rotate.take_up(ES256, BY, fresh=True)
    assert stand(database) == [(1, "retired"), (2, "current"), (3, "next")]
    clock.advance(timedelta(days=7))
    rotate.take_up(ES256, BY)
    assert stand(database) == [(1, "retired"), (2, "retired"), (3, "current"), (4, "next")]


def test_a_leaked_key_is_withdrawn_once(database: Database, rotate: RotateSigningKeys) -> None:
    kid = rotate(BY)[0].kid
    rotate.withdraw(kid, BY)
    assert stand(database) == [(1, "withdrawn"), (2, "current"), (3, "next")]
    for unknown in (kid, "nobody"):
        with pytest.raises(SigningKeyMissing):
            rotate.withdraw(unknown, BY)
    assert events(database)["signing-key-withdrawn"] == 1


@dataclass(frozen=True)
class Stirred:
    """A ring during whose first making of a key something happens."""

    ring: FileKeyRing
    happening: Callable[[], object]

    def create(self, name: str, kind: KeyKind, *, rsa_bits: int, exist_ok: bool) -> PublicKey:
        made = self.ring.create(name, kind, rsa_bits=rsa_bits, exist_ok=exist_ok)
        if name.endswith("-1"):
            self.happening()
        return made


def stirred(rotate: RotateSigningKeys, happening: Callable[[], object]) -> RotateSigningKeys:
    assert isinstance(rotate.keys, FileKeyRing)
    return replace(rotate, keys=cast("KeyRing", Stirred(rotate.keys, happening)))


def test_a_death_after_a_key_was_made_leaves_no_second_one(
    database: Database, rotate: RotateSigningKeys, ring: FileKeyRing
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stirred(rotate, die)(BY)
    assert stand(database) == []
    made = ring.public("idp/ES256-1")
    rotate(BY)
    assert stand(database) == [(1, "current"), (2, "next")]
    assert ring.public("idp/ES256-1") == made


def test_who_is_overtaken_finds_the_others_keys(database: Database, rotate: RotateSigningKeys) -> None:
    assert stirred(rotate, lambda: rotate(BY))(BY) == []
    assert stand(database) == [(1, "current"), (2, "next")]
    assert sum(events(database).values()) == 2


def test_a_key_moves_once_and_no_two_sign(database: Database, rotate: RotateSigningKeys, clock: SettableClock) -> None:
    current, following = rotate(BY)
    with pytest.raises(SigningKeysChanged), database.writing() as db:
        KeyRecords(db).move(following, Standing.CURRENT, clock.now())
    with database.writing() as db:
        KeyRecords(db).move(current, Standing.RETIRED, clock.now())
    with pytest.raises(SigningKeysChanged), database.writing() as db:
        KeyRecords(db).move(current, Standing.RETIRED, clock.now())
    for wrong in (
        KeyRecord("new", ES256, 9, Standing.NEXT, {}, clock.now()),
        KeyRecord("new", ES256, 1, Standing.RETIRED, {}, clock.now()),
        KeyRecord(current.kid, ES256, 9, Standing.RETIRED, {}, clock.now()),
    ):
        with pytest.raises(SigningKeysChanged), database.writing() as db:
            KeyRecords(db).add(wrong)
