"""Old answers, done jobs, used proofs and ended sign-ins go; young ones and open work stay."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from tests.support.clock import SettableClock
from trust import housekeeping
from trust.home import ANSWERS, open_floor, prepare
from trust.jobs.tables import jobs
from trust.jobs.worker import Worker
from trust.settings import Settings
from trust.storage.answers import Answers, answers
from trust.storage.replay import Replays, seen
from trust.storage.sign_ins import Cookie, SignIn, SignIns, sign_ins
from trust.values.principal import Principal, PrincipalKind


def test_what_is_old_is_forgotten(tmp_path: Path) -> None:
    clock = SettableClock()
    settings = Settings.load(tmp_path / "home", environ={})
    prepare(settings)
    floor = open_floor(settings, clock)
    memory = Answers(floor.database, clock, floor.keys.secret(ANSWERS))
    memory.begin("os:a", "old", b"request")
    principal = Principal("person-1", PrincipalKind.PERSON)
    with floor.new_work() as work:
        for name, days in (("short", 1), ("long", 100)):
            until = clock.now() + timedelta(days=days)
            Replays(work.db).take("dpop", name, until, clock.now())
            SignIns(work.db).add(Cookie(name), SignIn(name, principal, b"", clock.now(), until, until))
        work.jobs.put("work", "done", {})
        work.jobs.put("other", "open", {})
        group = work.jobs.claim("work", timedelta(minutes=1))
        assert group
        work.jobs.finish(group)
    clock.advance(timedelta(days=91))
    memory.begin("os:a", "young", b"request")
    worker = Worker(
        floor.database,
        clock,
        {housekeeping.KIND: lambda g: housekeeping.housekeeping(floor, g)},
        [housekeeping.PERIODIC],
    )
    assert worker.run_due() == 1
    with floor.database.reading() as db:
        assert list(db.execute(select(answers.c.key)).scalars()) == ["young"]
        assert list(db.execute(select(sign_ins.c.sid)).scalars()) == ["long"]
        assert db.execute(select(func.count()).select_from(seen)).scalar() == 1
        assert set(db.execute(select(jobs.c.kind)).scalars()) == {"other", housekeeping.KIND}
        assert (
            db.execute(
                select(func.count()).where(jobs.c.kind == housekeeping.KIND, jobs.c.done_at.is_not(None))
            ).scalar()
            == 1
        )
    floor.database.close()
