"""Our own registry as verifiers see it: the newest version, believed like anybody's."""

from datetime import timedelta

import pytest

from licence.errors import RegistryUnpublished
from licence.usecases.entitle_issuer import EntitleOrder
from tests.support.licence_house import TYPE, LicenceHouse
from tests.support.registries import OTHER_BODY
from trust.recognition.errors import RegistryExpired
from trust.values.region import Area


def versions(house: LicenceHouse) -> list[int]:
    return [each.version for each in house.registry.anchors(house.below.clock.now()).registries]


def test_a_newer_version_counts_from_its_publication(licence_house: LicenceHouse) -> None:
    before = versions(licence_house)
    order = EntitleOrder(OTHER_BODY, "示例", TYPE, Area.parse("440100"), "示例〔2026〕3号")
    licence_house.entitle(order, licence_house.by)
    assert versions(licence_house) == before
    licence_house.publish(licence_house.by)
    assert versions(licence_house) == [before[0] + 1]
    (registry,) = licence_house.registry.anchors(licence_house.below.clock.now()).registries
    assert [entry.body for entry in registry.issuers(OTHER_BODY)] == [OTHER_BODY]


def test_without_a_version_nobody_is_recognised(licence_house: LicenceHouse) -> None:
    with licence_house.below.database.writing() as db:
        db.exec_driver_sql("DELETE FROM trust_registry_version")
    with pytest.raises(RegistryUnpublished):
        licence_house.registry.anchors(licence_house.below.clock.now())


def test_a_registry_that_ran_out_counts_for_nothing(licence_house: LicenceHouse) -> None:
    licence_house.below.clock.advance(timedelta(days=9))
    with pytest.raises(RegistryExpired, match="trustctl registry publish"):
        licence_house.registry.anchors(licence_house.below.clock.now())
    licence_house.publish(licence_house.by)
    assert len(versions(licence_house)) == 1
