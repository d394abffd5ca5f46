"""Many ask at the same time, on both databases: exactly one wins, the others get the stated answer."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from certs.crl import Reason
from pki.api import Issued, RevokeOrder
from pki.errors import AlreadyRevoked, IssueInProgress, OrderRefused
from pki.parts import Parts
from pki.storage.lists import Lists
from tests.support.authority import BY, order, requested
from trust.errors import TrustError

CLIENTS = 12


def together(act: Callable[[int], Any]) -> list[Any]:
    """Do the same from many threads at once and return what each got, errors of ours included."""
    barrier = threading.Barrier(CLIENTS)
    answers: list[Any] = [None] * CLIENTS

    def one(number: int) -> None:
        barrier.wait()
        try:
            answers[number] = act(number)
        except TrustError as refused:
            answers[number] = refused

    threads = [threading.Thread(target=one, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_one_idempotency_key_gives_one_certificate(made: Parts) -> None:
    """R3."""
    answers = together(lambda _: made.authority.issue(order("甲"), BY))
    issued = {one.certificate for one in answers if isinstance(one, Issued)}
    assert len(issued) == 1
    assert all(isinstance(one, (Issued, IssueInProgress)) for one in answers), answers
    assert made.authority.issue(order("甲"), BY).certificate in issued


def test_one_key_is_certified_for_one_holder(made: Parts) -> None:
    """A9, at the same moment."""
    orders = [replace(order(f"持有人{n}"), request=requested(f"持有人{n}", key="同一把")) for n in range(CLIENTS)]
    answers = together(lambda number: made.authority.issue(orders[number], BY))
    assert sum(isinstance(one, Issued) for one in answers) == 1
    assert all(isinstance(one, (Issued, OrderRefused)) for one in answers), answers


def test_of_names_that_read_alike_one_is_certified(made: Parts) -> None:
    names = ["Bureau" + " " * n + "A" for n in range(1, CLIENTS + 1)]
    answers = together(lambda number: made.authority.issue(order(names[number]), BY))
    assert sum(isinstance(one, Issued) for one in answers) == 1


def test_different_orders_do_not_hinder_each_other(made: Parts) -> None:
    answers = together(lambda number: made.authority.issue(order(f"甲{number}"), BY))
    assert len({one.certificate.serial for one in answers}) == CLIENTS


def test_a_certificate_is_revoked_for_one_reason(made: Parts) -> None:
    found = made.authority.issue(order("甲"), BY).certificate
    reasons = [Reason.KEY_COMPROMISE, Reason.SUPERSEDED, Reason.CESSATION_OF_OPERATION]
    answers = together(lambda number: made.authority.revoke(RevokeOrder(found, reasons[number % 3]), BY))
    assert answers.count(None) == CLIENTS / 3
    assert all(one is None or isinstance(one, AlreadyRevoked) for one in answers), answers
    with made.desk.new_work() as work:
        recorded = Lists(work.db).find_revocation("seal-ca", found.serial)
        events = [entry.event for _, entry in work.journal.about(f"seal-ca/{found.serial:032x}")]
    assert recorded is not None
    assert events.count("certificate-revoked") == 1


def test_stamps_of_many_clients_have_their_own_serials_in_the_order_of_time(made: Parts) -> None:
    answers = together(lambda _: made.authority.timestamp(b"x"))
    by_count = sorted(answers, key=lambda one: one.serial & (1 << 40) - 1)
    assert [one.serial & (1 << 40) - 1 for one in by_count] == list(range(1, CLIENTS + 1))
    assert [one.at for one in by_count] == sorted(one.at for one in answers)
