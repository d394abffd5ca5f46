"""Orders as JSON."""

import json
from datetime import date
from typing import Any

import pytest

from licence.errors import LicenceOrderMalformed
from licence.model.order import LicenceOrder, parse
from seal.api import SealId
from tests.support.licence_house import TYPE

GOOD: dict[str, Any] = {"seal": "44000000000001", "area": "440300", "items": {"companyName": "示例"}}


def read(changes: dict[str, Any] | None = None, **options: Any) -> LicenceOrder:
    return parse(json.dumps({**GOOD, **(changes or {})}).encode(), TYPE, **options)


def test_an_order_is_read() -> None:
    order = read({"business_number": "7", "issued_on": "2026-03-01", "expires_on": "2027-03-01", "holder_type": "001"})
    assert (order.business_number, order.seal.text, order.area.code) == ("7", "44000000000001", "440300")
    assert (order.issued_on, order.effective_on, order.expires_on) == (date(2026, 3, 1), None, date(2027, 3, 1))
    assert order.items == {"companyName": "示例"}


def test_what_is_told_beside_the_file_goes_before_it() -> None:
    order = read({"business_number": "7"}, seal=SealId.parse("44000000000002"), business_number="8")
    assert (order.business_number, order.seal.text) == ("8", "44000000000002")


def test_the_spelling_tells_orders_apart_and_leaves_the_business_number_out() -> None:
    assert read({"business_number": "1"}).spelling() == read({"business_number": "2"}).spelling()
    others = (
        {"area": "440100"},
        {"issued_on": "2026-03-01"},
        {"items": {"companyName": "示例二"}},
        {"holder_type": "1"},
    )
    spellings = {read(each).spelling() for each in ({}, *others)}
    assert len(spellings) == 5


@pytest.mark.parametrize(
    "changes",
    [
        {"seal": "1"},
        {"area": "44"},
        {"items": {"companyName": 1}},
        {"items": []},
        {"issued_on": "20260301"},
        {"issued_on": "2026-02-30"},
        {"issued_on": 5},
        {"stranger": ""},
    ],
)
def test_what_is_no_order_is_refused_without_its_values(changes: dict[str, Any]) -> None:
    with pytest.raises(LicenceOrderMalformed):
        read(changes)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b'{"items":{},"items":{}}', b"\xff", b"[" * 100_000, b" " * (1 << 20)]
)
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(LicenceOrderMalformed):
        parse(data, TYPE)
