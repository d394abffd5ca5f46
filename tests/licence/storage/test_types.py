"""Numbers are taken once, whoever asks at the same time."""

import threading

from licence.model.type_file import parse
from licence.storage.types import Numbers
from tests.support.licences import ISSUER, TYPE, TYPE_FILE
from tests.support.registries import OTHER_BODY as BODY
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


def test_identifiers_are_given_in_the_order_asked_each_by_its_rule_and_year(new_work: NewWork) -> None:
    yearly = parse(TYPE_FILE.read_bytes())
    endless = parse(
        TYPE_FILE.read_bytes()
        .replace(b"11100000MB0143028R001", b"11100000MB0143028R002")
        .replace(b"{year}{sequence:08}", b"Z{sequence:04}")
    )
    asked = [(yearly, ISSUER), (endless, ISSUER), (yearly, BODY), (yearly, ISSUER)]
    with new_work() as work:
        found = Numbers(work.db).give(asked, 2026)
        assert [each.serial for each in found] == ["202600000001", "Z0001", "202600000001", "202600000002"]
        assert [each.issuer for each in found] == [ISSUER, ISSUER, BODY, ISSUER]
        again = Numbers(work.db).give(asked, 2027)
        assert [each.serial for each in again] == ["202700000001", "Z0002", "202700000001", "202700000002"]
