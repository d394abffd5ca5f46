"""Users of older systems: read by rows, claimed once with the old password, never merged without the owner's word."""

import csv
import hashlib
import io
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from idp.errors import LevelTooLow, ProofRefused
from idp.errors_ties import ConflictMissing, ImportMalformed
from idp.model.account import Person
from idp.model.imported import COLUMNS, ImportState
from idp.storage.accounts import Accounts
from idp.storage.conflicts import Conflicts
from idp.storage.evidence import EvidenceRecords
from idp.storage.import_events import match_number, source_digest
from idp.storage.imports import ImportedUsers
from idp.storage.levels import Levels
from idp.usecases import import_users
from idp.usecases.equate_level import EquateLevel
from idp.usecases.import_users import ImportUsers
from idp.usecases.resolve_conflict import Decision
from tests.support.clock import SettableClock
from tests.support.ties import HASHES, VAULT, TiesHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank
from trust.values.principal import Principal

NUMBER, OTHER_NUMBER = "330102199003076234", "330106198512120011"
NAME, PHONE, PASSWORD = "周明远", "13900000001", "旧口令-Old1"
HASH = f"sha256$pepper${hashlib.sha256(b'pepper' + PASSWORD.encode()).hexdigest()}"
Run = Callable[..., list[tuple[int, str]]]


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> TiesHouse:
    return TiesHouse(database, new_work, clock)


@pytest.fixture
def run(house: TiesHouse, tmp_path: Path) -> Run:
    def of(text: str | bytes, source: str = "old-portal") -> list[tuple[int, str]]:
        file = tmp_path / "users.csv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        faults: list[tuple[int, str]] = []
        by = Principal.operator("alice", house.clock.now())
        act = ImportUsers(house.new_work, house.clock, VAULT)
        act(file, source, lambda number, why: faults.append((number, why)), by)
        return faults

    return of


def row(**cells: str) -> dict[str, str]:
    return {"old_id": "1", "username": "zhouming", "hash": HASH, **cells}


def table(rows: Sequence[dict[str, str]], columns: Sequence[str] = COLUMNS) -> str:
    written = io.StringIO()
    out = csv.DictWriter(written, columns, restval="")
    out.writeheader()
    out.writerows(rows)
    return written.getvalue()


def conflicts(house: TiesHouse) -> Sequence[str]:
    with house.database.reading() as db:
        return [one.id for one in Conflicts(db).open()]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", ",".join(COLUMNS[1:]) + "\n", ",".join((*COLUMNS, "more")) + "\n", b"\xff\xfe\n"])  # fmt: skip
def test_a_file_with_other_columns_is_refused_whole(run: Run, text: str | bytes) -> None:
    with pytest.raises(ImportMalformed):
        run(text)


@pytest.mark.parametrize("source", ["", "Old", "a b", "x" * 33])
def test_a_source_has_a_plain_name(run: Run, source: str) -> None:
    with pytest.raises(ImportMalformed):
        run(table([row()]), source)


def test_rows_that_cannot_be_taken_are_told_by_number_without_their_values(house: TiesHouse, run: Run) -> None:
    text = table(
        [
            row(),
            row(old_id=""),
            row(old_id="3", hash="plain-text"),
            row(old_id="4", number="330102199003076231"),
            row(old_id="5", phone="12"),
            row(old_id="6", number_digest="xyz"),
            row(old_id="7", username="x" * 300),
            row(),
            row(old_id="9", name="a\x00b"),
        ]
    ).encode()
    text += b'10,"x\xff",' + HASH.encode() + b",,,,,\n" + b"11," + b"y" * 20_000 + b",,,,,,\n" + b"12,only\n"
    faults = run(text)
    assert [number for number, _ in faults] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert faults[6] == (8, "old_id: repeated")
    assert not any("330102" in why or "plain-text" in why for _, why in faults)
    assert house.claim("zhouming", PASSWORD).account


def test_the_old_name_and_password_make_an_account_once(house: TiesHouse, run: Run) -> None:
    run(table([row(name=NAME, number=NUMBER, phone=PHONE)]))
    for name, password in (("zhouming", "wrong"), ("nobody", PASSWORD)):
        with pytest.raises(ProofRefused):
            house.claim(name, password)
    claimed = house.claim("zhouming", PASSWORD)
    assert claimed.account is not None
    assert claimed.proof.method == "password"
    assert HASHES.matches(house.passwords[claimed.account], PASSWORD)
    with pytest.raises(ProofRefused):
        house.claim("zhouming", PASSWORD)
    with house.database.reading() as db:
        known = Accounts(db, VAULT)
        account = known.find_by_identifier("username", "zhouming")
        assert account is not None
        assert account.origin == "import:old-portal"
        person = VAULT.open(account)
        assert (person.name, person.id_number, person.phone) == (NAME, NUMBER, PHONE)
        assert not EvidenceRecords(db).of(account.id, house.clock.now()), "a level that nobody mapped shows nothing"
        assert set(known.identifiers(account.id).values()) == {None}, "nothing is proven by a file"


def test_an_old_level_shows_a_real_name_at_most(house: TiesHouse, run: Run) -> None:
    by = Principal.operator("alice", house.clock.now())
    EquateLevel(house.new_work, house.clock)("old-portal", "L4", Rank(4), "示例〔2026〕1号", by)
    run(table([row(name=NAME, number=NUMBER, phone=PHONE, level="L4"), row(old_id="2", username="li", level="L4")]))
    at, accounts = house.clock.now(), [house.claim(name, PASSWORD).account or "" for name in ("zhouming", "li")]
    with house.database.reading() as db:
        ladder = Levels(db).ladder()
        found = [ladder.identity_level("natural", EvidenceRecords(db).of(one, at), at) for one in accounts]
    assert found == [Rank(2), Rank(0)], "and nothing without phone, name and number"


def test_of_many_who_claim_at_once_one_does(house: TiesHouse, run: Run) -> None:
    run(table([row(number=NUMBER)]))

    def claim(_: int) -> bool:
        try:
            house.claim("zhouming", PASSWORD)
        except ProofRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(claim, range(4))) == 1
    assert len(house.passwords) == 1


def test_two_older_systems_may_have_one_name(house: TiesHouse, run: Run) -> None:
    other = f"sha256$x${hashlib.sha256(b'xSecond1!').hexdigest()}"
    run(table([row()]))
    run(table([row(hash=other)]), "tax-portal")
    second, first = house.claim("zhouming", "Second1!"), house.claim("zhouming", PASSWORD)
    assert first.account != second.account


def test_a_number_that_an_account_has_waits_for_its_owner(house: TiesHouse, run: Run) -> None:
    account = house.account(Person(id_number=NUMBER))
    run(table([row(number=NUMBER, name=NAME)]))
    assert house.claim("zhouming", PASSWORD).account is None
    (conflict,) = conflicts(house)
    with pytest.raises(LevelTooLow):
        house.resolve(conflict, Decision.MINE, account.id, house.standing(3))
    with pytest.raises(LevelTooLow):
        house.resolve(conflict, Decision.MINE, account.id, house.standing(4, timedelta(minutes=11)))
    with pytest.raises(ConflictMissing):
        house.resolve(conflict, Decision.MINE, house.account().id, house.standing(4))
    house.resolve(conflict, Decision.MINE, account.id, house.standing(4))
    with house.database.reading() as db:
        found = Accounts(db, VAULT).find_by_identifier("username", "zhouming")
    assert found is not None
    assert found.id == account.id
    for decision in Decision:
        with pytest.raises(ConflictMissing):
            house.resolve(conflict, decision, account.id, house.standing(4))
    with pytest.raises(ProofRefused):
        house.claim("zhouming", PASSWORD)


def test_a_number_that_became_an_accounts_since_the_import_waits_for_its_owner_too(house: TiesHouse, run: Run) -> None:
    run(table([row(number=NUMBER, name=NAME)]))
    account = house.account(Person(id_number=NUMBER))
    for _ in range(2):
        assert house.claim("zhouming", PASSWORD).account is None
    (conflict,) = conflicts(house)
    house.resolve(conflict, Decision.MINE, account.id, house.standing(4))
    assert not house.passwords


def test_what_is_not_mine_is_left_out_for_good(house: TiesHouse, run: Run) -> None:
    house.account(Person(id_number=NUMBER))
    run(table([row(number=NUMBER)]))
    house.resolve.by_operator(conflicts(house)[0], Decision.NOT_MINE, Principal.operator("alice", house.clock.now()))
    with pytest.raises(ProofRefused):
        house.claim("zhouming", PASSWORD)
    with house.database.reading() as db:
        assert Accounts(db, VAULT).find_by_identifier("username", "zhouming") is None


def test_a_number_proved_later_finds_rows_by_number_and_by_the_sources_digest(house: TiesHouse, run: Run) -> None:
    key, at = b"k" * 32, house.clock.now()
    run(table([row(number=NUMBER)]))
    run(table([row(number_digest=source_digest(key, NUMBER).hex())]), "tax-portal")
    run(table([row(number_digest=source_digest(key, OTHER_NUMBER).hex())]), "third")
    account = house.account(Person(id_number=NUMBER))
    with house.new_work() as work:
        assert match_number(work, VAULT, account.id, NUMBER, {"tax-portal": key, "third": key}, at) == 2
        assert match_number(work, VAULT, account.id, NUMBER, {"tax-portal": key}, at) == 0
    assert len(conflicts(house)) == 2
    assert house.events(account.id).count("import-conflict-found") == 2


def test_a_file_is_taken_in_once_and_a_broken_run_goes_on(
    house: TiesHouse, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_users, "GROUP", 10)
    rows = [row(old_id=str(index), username=f"user{index}") for index in range(35)]
    text = table([*rows, row(old_id="0")])
    real, calls = ImportedUsers.add_all, [0]

    def breaking(self: ImportedUsers, *told: object) -> frozenset[str]:
        calls[0] += 1
        if calls[0] == 3:
            raise KeyboardInterrupt
        return real(self, *told)  # type: ignore[arg-type]

    monkeypatch.setattr(ImportedUsers, "add_all", breaking)
    with pytest.raises(KeyboardInterrupt):
        run(text)
    assert run(text) == [(36, "old_id: repeated")]
    assert calls[0] == 5, "two groups, the broken one, and the two that were left"
    assert run(text) == []
    assert house.claim("user34", PASSWORD).account
    assert house.claim("user25", PASSWORD).account


def test_damaged_files_are_refused_or_told_row_by_row(house: TiesHouse, tmp_path: Path) -> None:
    rows = [row(old_id=str(index), name=NAME, number=NUMBER, phone=PHONE) for index in range(5)]
    whole, dice = table(rows).encode(), random.Random(20261125)
    act = ImportUsers(house.new_work, house.clock, VAULT)
    by, read = Principal.operator("alice", house.clock.now()), 0
    for turn in range(120):
        damaged = bytearray(whole)
        for _ in range(dice.randrange(1, 6)):
            place = dice.randrange(len(damaged))
            damaged[place : place + dice.randrange(3)] = dice.choice((b'"', b"\0", b"\n", b"\xff", b",", b"\r", b"'"))
        file = tmp_path / f"{turn}.csv"
        file.write_bytes(damaged)
        faults: list[tuple[int, str]] = []
        try:
            run = act(file, f"source-{turn}", lambda *one, told=faults: told.append(one), by)
        except ImportMalformed:
            continue
        read += 1
        assert run.faults == len(faults) <= run.rows
        assert not any(NAME in why or NUMBER in why for _, why in faults)
    assert read > 20


def test_no_value_of_a_row_stands_in_a_table_in_clear(house: TiesHouse, run: Run) -> None:
    run(table([row(name=NAME, number=NUMBER, phone=PHONE)]))
    for stage in range(2):
        told = house.dump()
        assert not [one for one in (NAME, NUMBER, PHONE, "zhouming", HASH) if one in told], stage
        if not stage:
            house.claim("zhouming", PASSWORD)


def test_states_have_the_words_of_the_rules() -> None:
    assert {one.value for one in ImportState} == {"imported", "claimed", "merged", "conflict", "stale"}
