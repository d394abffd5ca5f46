"""A service that is killed while it stamps keeps every document it acknowledged, and no intent stays open."""

import random
import subprocess
import sys
import textwrap
import time
from datetime import timedelta
from pathlib import Path

import pytest

from seal.model.stamping import LONGEST, StampingState
from seal.report import Indication
from seal.storage.stampings import Stampings
from seal.usecases.stamp_documents import RESOLVE
from seal.verification import examine
from tests.support.clock import SettableClock
from tests.support.database import address
from tests.support.seal_house import build
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence
from trust.storage.database import Database
from trust.storage.unit_of_work import units_of_work

ROOT = Path(__file__).parents[3]
KEY = bytes(range(32))
KILLS = 4

_SERVICE = textwrap.dedent(
    """
    import itertools, sys
    from pathlib import Path
    from tests.support.clock import SettableClock
    from tests.support.seal_house import build
    from trust.storage.database import Database
    from trust.storage.unit_of_work import units_of_work

    clock, database = SettableClock(), Database.open(sys.argv[1])
    house = build(database, units_of_work(database, clock, bytes(range(32))), clock, Path(sys.argv[2]))
    seal = house.seal()
    for number in itertools.count():
        group = [house.order(seal, f"{sys.argv[3]}-{number}-{part}") for part in range(2)]
        for stamped in house.stamp(group, house.by):
            sys.stdout.write(f"{stamped.key} {stamped.address}\\n")
        sys.stdout.flush()
    """
)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_killed_service_keeps_every_acknowledged_document(kind: str, tmp_path: Path, clock: SettableClock) -> None:
    chance = random.Random(7)
    acknowledged: dict[str, str] = {}
    with address(kind, tmp_path) as url:
        for run in range(KILLS):
            process = subprocess.Popen(
                [sys.executable, "-c", _SERVICE, url, str(tmp_path), str(run)],
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(chance.uniform(0.05, 0.3))
            process.kill()
            rest, _ = process.communicate()
            acknowledged |= {
                key: kept for key, _, kept in (line.partition(" ") for line in (first + rest).splitlines())
            }
        database = Database.open(url)
        house = build(database, units_of_work(database, clock, KEY), clock, tmp_path)
        house.clock.advance(LONGEST)
        while True:
            with house.new_work() as work:
                group = work.jobs.claim(RESOLVE, timedelta(minutes=1))
            if group is None:
                break
            house.resolve(group)
        with database.reading() as db:
            everything = Stampings(db).of_seal(house.seal().id, most=100_000)
        roots = Anchors.of_certificates(one for one in house.authority.authorities() if one.is_self_issued)
        reports = [
            examine(house.objects.get(kept), roots, Evidence(), clock.now())
            for kept in list(acknowledged.values())[-20:]
        ]
        database.close()
    recorded = {one.key: one.address for one in everything if one.state is StampingState.COMPLETED}
    assert acknowledged.items() <= recorded.items()
    assert StampingState.INTENDED not in {one.state for one in everything}
    assert all(report.indication is Indication.TOTAL_PASSED for report in reports)
    assert len(acknowledged) >= 2 * KILLS
