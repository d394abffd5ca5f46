"""Whatever somebody with the database does to the journal, the first bad entry is named."""

import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from tests.support.clock import SettableClock
from tests.support.database import opened
from tests.support.journal import KEY, LOG_KEY, JournalUnderTest
from trust.audit.entry import Entry
from trust.audit.errors import JournalAltered
from trust.audit.heads import HeadKeys
from trust.audit.journal import entry_of
from trust.audit.report import Fault
from trust.audit.sequencer import Tree
from trust.audit.tables import journal_entries
from trust.storage.database import Database
from trust.transparency import merkle, tiles
from trust.transparency.checkpoint import Checkpoint
from trust.usecases.verify_journal import VerifyJournal

SIZE = 600


@pytest.fixture
def journal(database: Database, tmp_path: Path, clock: SettableClock) -> JournalUnderTest:
    """600 entries under heads of 200, 400 and 600, each in its hour, and two entries that wait."""
    made = JournalUnderTest(database, tmp_path, clock)
    for start in range(0, SIZE, 200):
        made.append(*range(start, start + 200))
        made.sequence()
        clock.advance(timedelta(hours=1))
    made.append(SIZE, SIZE + 1)
    return made


def _rebuild_tiles(db: Connection) -> None:
    """What an attacker with the database does last: make the stored tree fit the entries."""
    db.execute(text("DELETE FROM trust_journal_tile"))
    rows = db.execute(select(journal_entries).where(journal_entries.c.leaf_index.is_not(None)).order_by("leaf_index"))
    leaves = [merkle.leaf_hash(entry_of(row).encode()) for row in rows]
    for (level, position), hashes in tiles.append(0, leaves, Tree(db).read_tile).items():
        db.execute(
            text("INSERT INTO trust_journal_tile VALUES (:level, :position, :hashes)"),
            {"level": level, "position": position, "hashes": hashes},
        )


def _edit(db: Connection) -> None:
    db.execute(text("UPDATE trust_journal_entry SET subject = 'thing/999' WHERE leaf_index = 321"))


def _delete(db: Connection) -> None:
    db.execute(text("DELETE FROM trust_journal_entry WHERE leaf_index = 321"))


def _delete_and_close_the_gap(db: Connection) -> None:
    _delete(db)
    for index in range(322, SIZE):
        db.execute(text("UPDATE trust_journal_entry SET leaf_index = :i - 1 WHERE leaf_index = :i"), {"i": index})


def _insert(db: Connection) -> None:
    for index in range(SIZE - 1, 320, -1):
        db.execute(text("UPDATE trust_journal_entry SET leaf_index = :i + 1 WHERE leaf_index = :i"), {"i": index})
    db.execute(
        text(
            'INSERT INTO trust_journal_entry (leaf_index, nonce, at, event, subject, "by", facts, mac)'
            " SELECT 321, 'forged', at, event, subject, \"by\", facts, mac FROM trust_journal_entry"
            " WHERE leaf_index = 320"
        )
    )


def _swap(db: Connection) -> None:
    for old, new in ((321, 9_999), (400, 321), (9_999, 400)):
        db.execute(text("UPDATE trust_journal_entry SET leaf_index = :n WHERE leaf_index = :o"), {"n": new, "o": old})


def _truncate(db: Connection) -> None:
    db.execute(text("DELETE FROM trust_journal_entry WHERE leaf_index >= 321 OR leaf_index IS NULL"))


def _truncate_with_tiles_and_heads(db: Connection) -> None:
    _truncate(db)
    db.execute(text("DELETE FROM trust_journal_head WHERE size > 321"))
    _rebuild_tiles(db)


def _edit_and_rebuild(db: Connection) -> None:
    _edit(db)
    _rebuild_tiles(db)


def _rewrite_everything_without_the_key(db: Connection) -> None:
    """A whole new history from entry 321 on, with tree and codes, under keys of the attacker's own."""
    rows = db.execute(select(journal_entries).where(journal_entries.c.leaf_index >= 321)).all()
    for row in rows:
        entry = Entry(row.nonce, row.at, row.event, "thing/x", row.by, row.facts)
        db.execute(
            text("UPDATE trust_journal_entry SET subject = 'thing/x', mac = :mac WHERE id = :id"),
            {"id": row.id, "mac": entry.numbered_mac(b"guess", row.leaf_index)},
        )
    _rebuild_tiles(db)


@pytest.mark.parametrize(
    "attack",
    [
        _edit,
        _edit_and_rebuild,
        _delete,
        _delete_and_close_the_gap,
        _insert,
        _swap,
        _truncate,
        _truncate_with_tiles_and_heads,
        _rewrite_everything_without_the_key,
    ],
    ids=lambda attack: attack.__name__.strip("_"),
)
def test_every_attack_is_found_with_its_first_entry(
    journal: JournalUnderTest, attack: Callable[[Connection], None]
) -> None:
    report = journal.verify()
    assert (report.intact, report.size, report.waiting, report.heads) == (True, SIZE, 2, 3)
    report.require_intact()
    with journal.database.writing() as db:
        attack(db)
    report = journal.verify()
    assert report.first_bad == 321
    with pytest.raises(JournalAltered, match="first bad entry 321"):
        report.require_intact()


def test_a_head_finds_what_the_codes_cannot(journal: JournalUnderTest) -> None:
    """Somebody with the database and the journal's secret rewrites entry 321; the signed heads remain."""
    with journal.database.writing() as db:
        row = db.execute(select(journal_entries).where(journal_entries.c.leaf_index == 321)).one()
        entry = Entry(row.nonce, row.at, row.event, "thing/x", row.by, row.facts)
        db.execute(
            text("UPDATE trust_journal_entry SET subject = 'thing/x', mac = :mac WHERE id = :id"),
            {"id": row.id, "mac": entry.numbered_mac(KEY, 321)},
        )
        _rebuild_tiles(db)
    report = journal.verify()
    assert {flaw.fault for flaw in report.flaws} == {Fault.HEAD}
    assert report.first_bad == 200, "the last head that agrees"


def test_an_entry_slipped_in_before_numbering_is_found(journal: JournalUnderTest) -> None:
    with journal.database.writing() as db:
        db.execute(
            text(
                'INSERT INTO trust_journal_entry (nonce, at, event, subject, "by", facts, mac)'
                " SELECT 'forged', at, event, subject, \"by\", facts, mac FROM trust_journal_entry WHERE leaf_index = 5"
            )
        )
    report = journal.verify()
    assert (report.first_bad, report.flaws[0].fault) == (SIZE + 2, Fault.ALTERED)
    journal.sequence()
    report = journal.verify()
    assert [(flaw.index, flaw.fault) for flaw in report.flaws] == [(SIZE + 2, Fault.ALTERED)]


def test_an_altered_tile_is_found(journal: JournalUnderTest) -> None:
    for level, position, index in ((0, 1, 256), (0, 2, 512), (1, 0, 0)):
        with journal.database.writing() as db:
            where = {"level": level, "position": position}
            sql = "FROM trust_journal_tile WHERE level = :level AND position = :position"
            kept = db.execute(text(f"SELECT hashes {sql}"), where).scalar_one()
            change = text("UPDATE trust_journal_tile SET hashes = :h WHERE level = :level AND position = :position")
            db.execute(change, where | {"h": bytes([kept[0] ^ 1]) + kept[1:]})
        assert [(flaw.index, flaw.fault) for flaw in journal.verify().flaws] == [(index, Fault.TILE)]
        with journal.database.writing() as db:
            db.execute(change, where | {"h": kept})


def test_an_unsigned_or_forged_head_is_found(journal: JournalUnderTest) -> None:
    with journal.database.writing() as db:
        forged = Checkpoint("journal.example.gov.cn", 500, bytes(32)).text()
        db.execute(text("UPDATE trust_journal_head SET note = :n WHERE size = 400"), {"n": forged})
    report = journal.verify()
    assert [flaw.fault for flaw in report.flaws] == [Fault.UNSIGNED]
    other = VerifyJournal(journal.database, HeadKeys("other.example", (LOG_KEY.public_key,)), journal.heads, (KEY,))
    assert {flaw.fault for flaw in other().flaws} == {Fault.UNSIGNED}


def test_a_deleted_head_file_is_no_fault_of_the_entries(journal: JournalUnderTest) -> None:
    journal.heads.path.unlink()
    assert journal.verify().intact


def test_codes_of_an_older_generation_still_count(journal: JournalUnderTest) -> None:
    verify = VerifyJournal(journal.database, journal.head_keys, journal.heads, (bytes(32), KEY))
    assert verify().intact
    wrong = VerifyJournal(journal.database, journal.head_keys, journal.heads, (bytes(32),))
    assert wrong().first_bad == 0
    assert len(wrong().flaws) == 100, "no longer list than anybody reads"


def test_an_index_far_away_is_answered_quickly(journal: JournalUnderTest) -> None:
    with journal.database.writing() as db:
        db.execute(text("UPDATE trust_journal_entry SET leaf_index = 1000000000000 WHERE leaf_index = 599"))
    assert journal.verify().first_bad == 599


def test_progress_is_told(journal: JournalUnderTest) -> None:
    told: list[tuple[int, int]] = []
    VerifyJournal(journal.database, journal.head_keys, journal.heads, (KEY,))(lambda *each: told.append(each))
    assert told[-1] == (SIZE, SIZE)


_COLUMNS = ("nonce", "at", "event", "subject", '"by"', "facts", "mac", "leaf_index")


def _random_edit(db: Connection, chance: random.Random, size: int) -> int:
    """Do one small wrong to the journal; return the index of the first entry that is then not as it was."""
    index = chance.randrange(size)
    column = chance.choice(_COLUMNS)
    if chance.random() < 0.2:
        db.execute(text("DELETE FROM trust_journal_entry WHERE leaf_index = :i"), {"i": index})
        return index
    if column == "leaf_index":
        other = chance.randrange(size)
        if other == index:
            other = (index + 1) % size
        for old, new in ((index, -1), (other, index), (-1, other)):
            db.execute(
                text("UPDATE trust_journal_entry SET leaf_index = :n WHERE leaf_index = :o"), {"n": new, "o": old}
            )
        return min(index, other)
    if column == "mac":
        changed = "zeroblob(32)"
    elif column == "at":
        changed = "'2026-03-01 08:00:00.00000' || (1 + substr(at, -1) % 9)"
    elif column == "facts":
        changed = "replace(facts, '}', ',\"x\":\"\"}')"
    else:
        changed = f"{column} || 'x'"
    db.execute(text(f"UPDATE trust_journal_entry SET {column} = {changed} WHERE leaf_index = :i"), {"i": index})
    return index


def test_a_thousand_random_edits_are_a_thousand_found(tmp_path: Path, clock: SettableClock) -> None:
    chance = random.Random(20260301)
    size = 40
    with opened("sqlite", tmp_path) as database:
        journal = JournalUnderTest(database, tmp_path, clock)
        journal.append(*range(size))
        journal.sequence()
        kept = database.engine.url.database
    assert kept is not None
    for number in range(1_000):
        copy = tmp_path / "copy.db"
        shutil.copyfile(kept, copy)
        attacked = JournalUnderTest(Database.open(f"sqlite:///{copy}"), tmp_path, clock)
        with attacked.database.writing() as db:
            expected = _random_edit(db, chance, size)
        assert attacked.verify().first_bad == expected, f"edit {number}"
        attacked.database.close()
