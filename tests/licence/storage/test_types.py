"""Numbers are taken once, whoever asks at the same time."""

import threading

from licence.storage.types import Numbers
from tests.support.licences import ISSUER, TYPE
from trust.storage.unit_of_work import NewWork


def test_numbers_go_up_by_scope_and_never_back(new_work: NewWork) -> None:
    with new_work() as work:
        assert list(Numbers(work.db).take(TYPE, ISSUER, "2026", 3)) == [1, 2, 3]
        assert list(Numbers(work.db).take(TYPE, ISSUER, "2027", 1)) == [1]
    with new_work() as work:
        assert list(Numbers(work.db).take(TYPE, ISSUER, "2026", 2)) == [4, 5]


def test_takers_at_the_same_time_get_numbers_of_their_own(new_work: NewWork) -> None:
    taken: list[int] = []

    def take() -> None:
        for _ in range(5):
            with new_work() as work:
                numbers = list(Numbers(work.db).take(TYPE, ISSUER, "2026", 2))
            taken.extend(numbers)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 41))
