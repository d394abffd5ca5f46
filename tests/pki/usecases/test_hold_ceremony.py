"""A ceremony is held once, goes on after an interruption, and is refused when it describes something else."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from certs import name, oids, validation
from pki.desk import IssuingDesk
from pki.errors import CeremonyDiffers, IssueInProgress, OrderRefused
from pki.model.ceremony import Ceremony
from pki.parts import Parts, parts
from tests.support.authority import BY, CEREMONY, PLANNED, floor
from tests.support.clock import SettableClock
from trust.recognition.registry import EntryType, Purpose, Status
from trust.storage.database import Database


def test_a_hierarchy_comes_out_that_validates(made: Parts, clock: SettableClock) -> None:
    root, seal_ca, service_ca = made.authority.authorities()
    assert root.is_self_issued
    for below in (seal_ca, service_ca):
        validation.validate(below, (), (root,), clock.now(), use=validation.Use.AUTHORITY, strict=True)
    stamper = made.authority.stamper()
    chain = validation.validate(
        stamper, (service_ca,), (root,), clock.now(), use=validation.Use.TIME_STAMP, strict=True
    ).chain
    assert chain == (stamper, service_ca, root)
    assert made.desk.keys.names() == ("pki/root", "pki/seal-ca", "pki/service-ca", "pki/tsa")


def test_the_registry_gets_proposals(made: Parts) -> None:
    with made.desk.new_work() as work:
        entries = {entry.id.partition(".")[0]: entry for entry in work.registry.waiting()}
    assert set(entries) == {"seal-ca", "tsa"}
    assert entries["seal-ca"].type is EntryType.CA
    assert entries["seal-ca"].purposes == {Purpose.SEAL_MAKING, Purpose.SEAL_SIGNING}
    assert entries["seal-ca"].certificate == made.authority.directory.authority("seal-ca").certificate.der
    assert entries["tsa"].type is EntryType.TIME_STAMP_AUTHORITY
    assert entries["tsa"].standings[0].status is Status.GRANTED


def test_holding_it_again_changes_nothing(made: Parts, clock: SettableClock) -> None:
    before = tuple(made.authority.authorities()), made.authority.stamper()
    clock.advance(timedelta(days=30))
    made.ceremony(PLANNED, BY)
    assert (tuple(made.authority.authorities()), made.authority.stamper()) == before


def test_an_interrupted_ceremony_goes_on_where_it_stopped(
    database: Database, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = parts(floor(database, clock, tmp_path))
    calls = []
    sign = IssuingDesk._sign

    def third_time_unlucky(desk: IssuingDesk, draft: object) -> object:
        calls.append(draft)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return sign(desk, draft)  # type: ignore[arg-type]

    monkeypatch.setattr(IssuingDesk, "_sign", third_time_unlucky)
    with pytest.raises(KeyboardInterrupt):
        fresh.ceremony(PLANNED, CEREMONY)
    with pytest.raises(IssueInProgress):
        fresh.ceremony(PLANNED, CEREMONY)
    clock.advance(timedelta(seconds=61))
    held = fresh.ceremony(PLANNED, CEREMONY)
    assert [one.name for one in held.authorities] == ["root", "seal-ca", "service-ca"]
    assert [one.name for one in held.stampers] == ["tsa"]


OTHER = name.build([(oids.COMMON_NAME, "别的根")])


@pytest.mark.parametrize(
    "planned",
    [
        replace(PLANNED, root=replace(PLANNED.root, subject=OTHER)),
        replace(PLANNED, authorities=(replace(PLANNED.authorities[0], shards=3), PLANNED.authorities[1])),
        replace(PLANNED, stampers=(replace(PLANNED.stampers[0], subject=OTHER),)),
    ],
)
def test_a_ceremony_that_describes_something_else_is_refused(made: Parts, planned: Ceremony) -> None:
    keys = made.desk.keys.names()
    with pytest.raises(CeremonyDiffers):
        made.ceremony(planned, BY)
    assert made.desk.keys.names() == keys


def test_a_later_ceremony_adds_an_authority(made: Parts) -> None:
    second = replace(
        PLANNED.authorities[0],
        name="person-ca",
        subject=name.build([(oids.COMMON_NAME, "个人认证")]),
        profiles=frozenset({"person"}),
        proposal=None,
    )
    held = made.ceremony(replace(PLANNED, authorities=(*PLANNED.authorities, second)), BY)
    assert held.authorities[-1].name == "person-ca"


def test_a_name_that_must_not_be_certified_stops_the_ceremony(
    database: Database, clock: SettableClock, tmp_path: Path
) -> None:
    bad = replace(PLANNED, root=replace(PLANNED.root, subject=name.build([(oids.COMMON_NAME, "根\u202e")])))
    with pytest.raises(OrderRefused, match="bidirectional"):
        parts(floor(database, clock, tmp_path)).ceremony(bad, CEREMONY)
