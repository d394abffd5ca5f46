"""What a home forgets once an hour: answers nobody will ask for again, proofs that are over, and jobs done long ago."""

from datetime import timedelta
from typing import Final

from trust.home import ANSWERS
from trust.jobs.queue import Group
from trust.jobs.worker import Periodic
from trust.plugin import Floor
from trust.storage.answers import Answers
from trust.storage.replay import Replays
from trust.storage.sign_ins import SignIns

KIND: Final = "trust-housekeeping"
PERIODIC: Final = Periodic(KIND, timedelta(hours=1))
ANSWERS_KEPT: Final = timedelta(days=2)
JOBS_KEPT: Final = timedelta(days=90)  # longer than any sender repeats and than any period
_AT_ONCE: Final = 1_000


def housekeeping(floor: Floor, group: Group) -> None:
    """Forget, in short transactions, then finish the job."""
    now = floor.clock.now()
    Answers(floor.database, floor.clock, floor.keys.secret(ANSWERS)).forget(now - ANSWERS_KEPT)
    with floor.new_work() as work:
        Replays(work.db).forget(now)
        SignIns(work.db).forget(now)
    while True:
        with floor.new_work() as work:
            if work.jobs.forget_done(now - JOBS_KEPT, _AT_ONCE) < _AT_ONCE:
                work.jobs.finish(group)
                return
