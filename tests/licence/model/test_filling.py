"""Orders held against their type."""

from dataclasses import replace
from datetime import date

import pytest

from licence.errors import LicenceOrderMalformed
from licence.model.filling import Filled, fill
from licence.model.order import LicenceOrder
from licence.model.type_file import parse
from seal.api import SealId
from tests.support.licence_house import ITEMS, TYPE, firm
from tests.support.licences import TYPE_FILE
from trust.values.region import Area

LICENCE_TYPE = parse(TYPE_FILE.read_bytes())
TODAY = date(2026, 3, 2)
ORDER = LicenceOrder("7", TYPE, SealId.parse("44000000000001"), Area.parse("440300"), {"creditCode": firm(1), **ITEMS})


def filled(order: LicenceOrder = ORDER) -> Filled:
    return fill(LICENCE_TYPE, order, TODAY)


def test_values_are_printed_as_their_kind_asks_in_the_order_of_the_type() -> None:
    found = filled()
    assert [name for name, _ in found.items] == [item.name for item in LICENCE_TYPE.items]
    assert dict(found.items)["establishedOn"] == "2026年03月01日"
    assert dict(found.items)["companyName"] == ITEMS["companyName"]
    assert (found.number, found.holder.name) == (firm(1), ITEMS["companyName"])
    assert found.holder.code.reveal() == firm(1)
    assert found.issued_on == TODAY


def test_the_day_on_its_face_may_be_ordered() -> None:
    assert filled(replace(ORDER, issued_on=date(2026, 1, 1))).issued_on == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("companyName", ""),
        ("companyName", "国" * 101),
        ("companyName", " 示例"),
        ("companyName", "示\n例"),
        ("companyName", "示\ud800例"),
        ("establishedOn", "2026年3月1日"),
        ("establishedOn", "2026-02-30"),
        ("creditCode", "91440300MA9Y00012Y"),
        ("stranger", "1"),
    ],
)
def test_a_value_that_cannot_be_is_named_but_not_told(name: str, value: str) -> None:
    with pytest.raises(LicenceOrderMalformed, match=name) as caught:
        filled(replace(ORDER, items={**ORDER.items, name: value}))
    assert len(value) < 3 or value not in str(caught.value)


def test_who_may_not_hold_it_and_what_ends_before_it_begins_is_refused() -> None:
    for order in (
        replace(ORDER, holder_type="111"),
        replace(ORDER, business_number=""),
        replace(ORDER, business_number="a\nb"),
        replace(ORDER, expires_on=date(2026, 3, 1)),
        replace(ORDER, effective_on=date(2027, 1, 1), expires_on=date(2026, 12, 31)),
    ):
        with pytest.raises(LicenceOrderMalformed):
            filled(order)
