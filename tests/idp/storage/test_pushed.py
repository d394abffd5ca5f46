"""Pushed requests in the database: one taker, on both databases."""

from datetime import timedelta
from threading import Barrier, Thread

from idp.storage.pushed import PushedRequests
from tests.support.clock import SettableClock
from trust.storage.database import Database

NAME = bytes(range(32))
MINUTE = timedelta(seconds=60)


def test_of_many_at_once_one_gets_it(database: Database, clock: SettableClock) -> None:
    at = clock.now()
    with database.writing() as db:
        PushedRequests(db).add(NAME, "first", {"scope": "openid"}, at, at + MINUTE)
    start, got = Barrier(4), []

    def take() -> None:
        start.wait()
        with database.writing() as db:
            got.append(PushedRequests(db).take(NAME, "first", at))

    threads = [Thread(target=take) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(got, key=str) == [None, None, None, {"scope": "openid"}]


def test_others_and_the_late_get_nothing_and_what_ran_out_goes(database: Database, clock: SettableClock) -> None:
    at = clock.now()
    with database.writing() as db:
        kept = PushedRequests(db)
        kept.add(NAME, "first", {}, at, at + MINUTE)
        assert kept.take(NAME, "second", at) is None
        assert kept.take(NAME, "first", at + MINUTE) is None
        assert kept.forget(at) == 0
        assert kept.forget(at + MINUTE) == 1
