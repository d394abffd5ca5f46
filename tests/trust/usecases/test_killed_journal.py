"""A service that is killed while it writes, numbers and signs loses nothing that it acknowledged."""

import random
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.support.clock import SettableClock
from tests.support.database import address
from tests.support.journal import JournalUnderTest
from trust.storage.database import Database

ROOT = Path(__file__).parents[3]
KILLS = 5

_SERVICE = textwrap.dedent(
    """
    import itertools, sys, threading
    from pathlib import Path
    from tests.support.clock import SettableClock
    from tests.support.journal import JournalUnderTest
    from trust.storage.database import Database

    journal = JournalUnderTest(Database.open(sys.argv[1]), Path(sys.argv[2]), SettableClock())

    def sequence():
        while True:
            journal.sequence()

    threading.Thread(target=sequence, daemon=True).start()
    for number in itertools.count(int(sys.argv[3])):
        journal.append(number)
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()
    """
)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_killed_service_keeps_every_acknowledged_entry(kind: str, tmp_path: Path, clock: SettableClock) -> None:
    chance = random.Random(11)
    acknowledged: list[int] = []
    with address(kind, tmp_path) as url:
        for _ in range(KILLS):
            process = subprocess.Popen(
                [sys.executable, "-c", _SERVICE, url, str(tmp_path), str(len(acknowledged) * 2)],
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(chance.uniform(0.08, 0.25))
            process.kill()
            rest, _ = process.communicate()
            acknowledged += [int(line) for line in (first + rest).split("\n")[:-1]]
        journal = JournalUnderTest(Database.open(url), tmp_path, clock)
        journal.sequence()
        with journal.database.reading() as db:
            kept = {int(each[6:]) for each in db.execute(text("SELECT subject FROM trust_journal_entry")).scalars()}
        report = journal.verify()
        journal.database.close()
    assert set(acknowledged) <= kept
    assert len(kept) <= len(acknowledged) + KILLS, "at most the one of each kill that nobody heard of"
    assert (report.intact, report.size, report.waiting) == (True, len(kept), 0)
