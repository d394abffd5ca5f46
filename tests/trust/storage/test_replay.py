"""Values that count once, on both databases and however many bring them at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.support.clock import SettableClock
from trust.storage.database import Database
from trust.storage.replay import Replays, SeenProofs

MINUTE = timedelta(minutes=1)


def test_a_value_is_taken_once_until_it_no_longer_counts(database: Database, clock: SettableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        replays = Replays(db)
        assert replays.take("dpop", "a", now + MINUTE, now)
        assert not replays.take("dpop", "a", now + MINUTE, now)
        assert replays.take("logout", "a", now + MINUTE, now)
        assert replays.known("dpop", "a", now)
        assert not replays.known("dpop", "a", now + MINUTE)
        assert replays.take("dpop", "a", now + 2 * MINUTE, now + MINUTE)


def test_what_no_longer_counts_is_forgotten(database: Database, clock: SettableClock) -> None:
    now = clock.now()
    with database.writing() as db:
        replays = Replays(db)
        replays.take("dpop", "a", now + MINUTE, now)
        replays.take("dpop", "b", now + 3 * MINUTE, now)
        assert replays.forget(now + MINUTE) == 1
        assert not replays.known("dpop", "a", now)
        assert replays.known("dpop", "b", now)


def test_one_of_many_wins(database: Database, clock: SettableClock) -> None:
    now, seen = clock.now(), SeenProofs(database)
    with ThreadPoolExecutor(16) as threads:
        taken = list(threads.map(lambda _: seen.take("a", now + MINUTE, now), range(64)))
    assert sum(taken) == 1
