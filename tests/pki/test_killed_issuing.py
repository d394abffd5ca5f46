"""F1: an authority that is killed while it issues loses no certificate, gives none twice, and leaves nothing open."""

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from certs import certificate, crl
from pki.parts import Parts
from pki.storage.lists import Lists
from pki.storage.tables import certificates
from tests.support.authority import authority, publish_all
from tests.support.clock import SettableClock
from tests.support.database import address
from trust.audit.heads import HeadFile, HeadKeys
from trust.storage.database import Database
from trust.usecases.sequence_log import SequenceLog
from trust.usecases.verify_journal import VerifyJournal

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("TRUST_TEST_KILLS", "4"))


def killed(url: str, folder: Path, first: int, group: int, chance: random.Random) -> list[tuple[str, str]]:
    """Let it issue, kill it, and return what it had acknowledged: idempotency key and serial."""
    command = [sys.executable, "-m", "tests.pki.issuing_until_killed", url, str(folder), str(first), str(group)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    begun = process.stdout.readline()
    time.sleep(chance.uniform(0.08, 0.25))
    process.kill()
    rest, _ = process.communicate()
    lines = (begun + rest).split("\n")[:-1]
    return [(key, serial) for key, _, serial in (line.partition(" ") for line in lines)]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_killed_authority_keeps_every_acknowledged_certificate(kind: str, tmp_path: Path) -> None:
    chance = random.Random(7)
    now = SettableClock(datetime.now(UTC))
    acknowledged: list[tuple[str, str]] = []
    with address(kind, tmp_path) as url:
        database = Database.open(url)
        made = authority(database, now, tmp_path)
        for number in range(KILLS):
            acknowledged += killed(url, tmp_path, number * 100_000, 1 if number % 2 else 20, chance)
        assert acknowledged

        now.set(datetime.now(UTC) + timedelta(minutes=2))
        abandoned = made.resolve("service test")
        publish_all(made)
        with database.reading() as db:
            rows = db.execute(select(certificates).where(certificates.c.profile == "person")).all()
        by_serial = {row.serial: row for row in rows}

        assert {row.state for row in rows} <= {"issued", "abandoned"}, "nothing is left open"
        assert sum(row.state == "abandoned" for row in rows) == abandoned <= KILLS * 20
        issuer = made.authority.directory.authority("seal-ca").certificate
        for key, serial in acknowledged:
            row = by_serial[serial]
            assert (row.state, row.idempotency_key) == ("issued", key)
            certificate.decode(row.certificate).verify_signed_by(issuer.public_key)
        assert len({serial for _, serial in acknowledged}) == len(acknowledged)
        assert journal_is_intact(database, made, tmp_path)
        listed = revoked(made)
        assert listed == {int(row.serial, 16) for row in rows if row.state == "abandoned"}
        database.close()


def journal_is_intact(database: Database, made: Parts, folder: Path) -> bool:
    """Number what waits and verify everything, as the floor does."""
    keys, heads = made.desk.keys, HeadFile(folder / "head.txt")
    public = keys.create("journal", exist_ok=True)
    secret = keys.secret("journal-mac")
    SequenceLog(database, SettableClock(), "test", keys.signer("journal"), heads, (secret,))()
    report = VerifyJournal(database, HeadKeys("test", (public,)), heads, (secret,))()
    return report.intact and report.waiting == 0


def revoked(made: Parts) -> set[int]:
    """Return the serials on the newest lists of the authority."""
    found: set[int] = set()
    for shard in (0, 1):
        with made.desk.new_work() as work:
            newest = Lists(work.db).newest("seal-ca", shard)
        assert newest is not None
        found |= {one.serial for one in crl.decode(made.authority.objects.get(newest.address))}
    return found
