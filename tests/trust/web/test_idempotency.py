"""A repeated request has its effect once, whoever races whom, on both databases."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support.clock import SettableClock
from trust.errors import TrustError
from trust.storage.answers import LEASE, Answers, Claim, IdempotencyKeyReused, RequestInProgress
from trust.storage.database import Database
from trust.web.idempotency import REPLAYED, Answer, IdempotencyKeyMalformed, Once

SECRET = bytes(32)


class Effects:
    """Counts what happened."""

    def __init__(self) -> None:
        self.count = 0
        self.lock = threading.Lock()

    def __call__(self) -> Answer:
        with self.lock:
            self.count += 1
            return Answer(201, {"number": self.count, "姓名": "甲"}, {"Location": f"/things/{self.count}"})


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def once(database: Database, clock: SettableClock) -> Once:
    return Once(Answers(database, clock, SECRET))


def test_a_repetition_gets_the_same_answer_and_has_no_effect(once: Once) -> None:
    effects = Effects()
    first = once("k", "os:a", ["make", b"x"], effects)
    again = once("k", "os:a", ["make", b"x"], effects)
    assert effects.count == 1
    assert (again.status_code, again.body) == (first.status_code, first.body) == (201, first.body)
    assert again.headers["location"] == first.headers["location"] == "/things/1"
    assert REPLAYED not in first.headers
    assert again.headers[REPLAYED] == "true"


def test_another_request_under_the_same_key_is_refused(once: Once) -> None:
    effects = Effects()
    once("k", "os:a", ["make", b"x"], effects)
    others: list[list[str | bytes]] = [["make", b"y"], ["make", "x"], ["makex", b""], ["make"], ["make", b"x", b""]]
    for other in others:
        with pytest.raises(IdempotencyKeyReused):
            once("k", "os:a", other, effects)
    assert effects.count == 1


def test_keys_of_two_requesters_never_meet(once: Once) -> None:
    effects = Effects()
    once("k", "os:a", ["make"], effects)
    once("k", "os:b", ["make"], effects)
    assert effects.count == 2


def test_without_a_key_every_request_acts(once: Once) -> None:
    effects = Effects()
    once(None, "os:a", ["make"], effects)
    once(None, "os:a", ["make"], effects)
    assert effects.count == 2


@pytest.mark.parametrize("key", ["", "a b", "k" * 201, "键", "a\nb"])
def test_a_malformed_key_is_refused(once: Once, key: str) -> None:
    with pytest.raises(IdempotencyKeyMalformed):
        once(key, "os:a", ["make"], Effects())


def test_a_request_that_failed_may_be_tried_afresh(once: Once) -> None:
    def fails() -> Answer:
        raise RuntimeError("nothing was done")

    with pytest.raises(RuntimeError):
        once("k", "os:a", ["make"], fails)
    assert once("k", "os:a", ["make"], Effects()).status_code == 201


def test_a_request_at_work_is_not_begun_again_until_its_process_is_taken_for_dead(
    once: Once, clock: SettableClock
) -> None:
    dead = once.answers.begin("os:a", "k", b"request")
    assert isinstance(dead, Claim)
    with pytest.raises(RequestInProgress):
        once.answers.begin("os:a", "k", b"request")
    clock.advance(LEASE + timedelta(seconds=1))
    with pytest.raises(IdempotencyKeyReused):
        once.answers.begin("os:a", "k", b"another")
    living = once.answers.begin("os:a", "k", b"request")
    assert isinstance(living, Claim)
    once.answers.keep(dead, b"late")  # it was only slow: its answer counts no more
    once.answers.release(dead)
    once.answers.keep(living, b"mine")
    assert once.answers.begin("os:a", "k", b"request") == b"mine"


def test_answers_are_stored_sealed_and_forgotten_in_time(once: Once, database: Database, clock: SettableClock) -> None:
    once("k", "os:a", ["make", "甲的证件"], Effects())
    with database.reading() as db:
        stored = b"".join(
            bytes(value) for row in db.exec_driver_sql("SELECT digest, answer FROM trust_answer") for value in row
        )
    assert "甲".encode() not in stored
    assert b"201" not in stored
    assert once.answers.forget(clock.now()) == 0
    clock.advance(timedelta(days=2))
    assert once.answers.forget(clock.now() - timedelta(days=1)) == 1


@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_one_of_many_racing_requests_wins_and_the_others_are_told(once: Once, rounds: int) -> None:
    """R3: the same key with an equal and with a different request, 32 clients each."""
    for number in range(rounds):
        effects, told = Effects(), Counter[str]()
        start = threading.Barrier(64)

        def race(
            part: str, number: int = number, act: Callable[[], Answer] = effects, told: Counter[str] = told,
            start: threading.Barrier = start,
        ) -> None:  # fmt: skip
            start.wait()
            try:
                answer = once(f"k{number}", "os:a", ["make", part], act)
                told[f"{part}:{json.loads(bytes(answer.body))['number']}"] += 1
            except TrustError as error:
                told[error.code] += 1

        threads = [threading.Thread(target=race, args=["ab"[index % 2]]) for index in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert effects.count == 1
        assert sum(told.values()) == 64
        assert set(told) <= {"a:1", "b:1", "idempotency-key-reused", "request-in-progress"}
        assert not {"a:1", "b:1"} <= set(told)
        assert told["a:1"] + told["b:1"] >= 1
        assert told["idempotency-key-reused"] == 32
