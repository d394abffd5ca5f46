"""Entitlements proposed for our registry: once each, added to what the body has."""

from dataclasses import replace
from datetime import timedelta

import pytest

from licence.errors import LicenceTypeMissing
from licence.formats.identifier import LicenceTypeCode
from licence.usecases.entitle_issuer import EntitleIssuer, EntitleOrder
from licence.usecases.register_type import RegisterType
from tests.support.clock import SettableClock
from tests.support.licence_house import TYPE
from tests.support.licences import ISSUER, TYPE_FILE
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal
from trust.values.region import Area

BY = Principal.service("test")
ORDER = EntitleOrder(ISSUER, "示例省示例局", TYPE, Area.parse("440300"), "示例〔2026〕1号")


@pytest.fixture
def entitle(new_work: NewWork, clock: SettableClock) -> EntitleIssuer:
    RegisterType(new_work, clock)(TYPE_FILE.read_bytes(), BY)
    return EntitleIssuer(new_work, clock)


def test_the_first_makes_the_bodys_entry_and_asking_again_changes_nothing(
    entitle: EntitleIssuer, new_work: NewWork, clock: SettableClock
) -> None:
    entry, is_new = entitle(ORDER, BY)
    assert is_new
    assert (entry.body, entry.basis) == (ISSUER, ORDER.basis)
    assert [(each.licence_type, each.area, each.start) for each in entry.entitlements] == [
        (TYPE.text, ORDER.area, clock.now())
    ]
    clock.advance(timedelta(days=1))
    assert entitle(ORDER, BY) == (entry, False)
    with new_work() as work:
        assert work.registry.waiting() == (entry,)


def test_further_areas_are_added(entitle: EntitleIssuer, new_work: NewWork) -> None:
    entitle(ORDER, BY)
    entry, is_new = entitle(replace(ORDER, area=Area.parse("440100")), BY)
    assert is_new
    assert [each.area.code for each in entry.entitlements] == ["440100", "440300"]
    with new_work() as work:
        assert work.registry.find(entry.id) == entry


def test_a_type_nobody_registered_is_refused(entitle: EntitleIssuer) -> None:
    with pytest.raises(LicenceTypeMissing):
        entitle(replace(ORDER, type=LicenceTypeCode.parse("11100000000013127D001")), BY)
