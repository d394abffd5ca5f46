"""Revocations are recorded once, keep their date, and reach the list."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certs import crl, revocation
from certs.certificate import Certificate
from certs.crl import Reason, Revocation
from pki.api import RevokeOrder
from pki.errors import AlreadyRevoked, CertificateMissing, RevocationRefused
from pki.model.shards import shard_of
from pki.model.work import PUBLISH
from pki.parts import Parts
from pki.storage.lists import Lists
from tests.support.authority import BY, order, publish_all
from tests.support.clock import SettableClock
from tests.support.hierarchy import province


@pytest.fixture(name="found")
def found_(made: Parts) -> Certificate:
    return made.authority.issue(order("甲"), BY).certificate


def recorded(made: Parts, found: Certificate) -> Revocation | None:
    with made.desk.new_work() as work:
        return Lists(work.db).find_revocation("seal-ca", found.serial)


def published(made: Parts, found: Certificate) -> crl.CertificateList:
    shard = shard_of(found.serial, 2)
    with made.desk.new_work() as work:
        newest = Lists(work.db).newest("seal-ca", shard)
    assert newest is not None
    return crl.decode(made.authority.objects.get(newest.address))


def test_a_revocation_reaches_the_list_that_the_certificate_names(
    made: Parts, found: Certificate, clock: SettableClock
) -> None:
    publish_all(made)
    issuer = made.authority.directory.authority("seal-ca").certificate
    before = published(made, found)
    assert isinstance(revocation.status_at(found, issuer, [before], clock.now()), revocation.Good)

    clock.advance(timedelta(minutes=5))
    made.authority.revoke(RevokeOrder(found, Reason.KEY_COMPROMISE, clock.now() - timedelta(minutes=2)), BY)
    assert made.publish.refresh("seal-ca", shard_of(found.serial, 2), str(BY)) is None
    status = revocation.status_at(found, issuer, [published(made, found)], clock.now())
    assert status == revocation.Revoked(clock.now() - timedelta(minutes=2), Reason.KEY_COMPROMISE, found.serial)


def test_a_revocation_asks_for_its_list_at_once_and_is_journalled(made: Parts, found: Certificate) -> None:
    made.authority.revoke(RevokeOrder(found, Reason.SUPERSEDED), BY)
    with made.desk.new_work() as work:
        group = work.jobs.claim(PUBLISH, timedelta(seconds=30))
        events = [entry.event for _, entry in work.journal.about(f"seal-ca/{found.serial:032x}")]
    assert group is not None
    assert group.jobs[0].payload == {"authority": "seal-ca", "shard": shard_of(found.serial, 2)}
    assert events[-1] == "certificate-revoked"


def test_the_same_again_changes_nothing_and_another_reason_is_refused(
    made: Parts, found: Certificate, clock: SettableClock
) -> None:
    made.authority.revoke(RevokeOrder(found, Reason.SUPERSEDED), BY)
    first = recorded(made, found)
    clock.advance(timedelta(days=1))
    made.authority.revoke(RevokeOrder(found, Reason.SUPERSEDED), BY)
    assert recorded(made, found) == first
    with pytest.raises(AlreadyRevoked):
        made.authority.revoke(RevokeOrder(found, Reason.KEY_COMPROMISE), BY)
    with pytest.raises(AlreadyRevoked):
        made.authority.revoke(RevokeOrder(found, Reason.CERTIFICATE_HOLD), BY)


def test_a_hold_ends_or_becomes_final_from_its_beginning(made: Parts, found: Certificate, clock: SettableClock) -> None:
    hold, resume = RevokeOrder(found, Reason.CERTIFICATE_HOLD), RevokeOrder(found, Reason.REMOVE_FROM_CRL)
    with pytest.raises(RevocationRefused):
        made.authority.revoke(resume, BY)
    made.authority.revoke(hold, BY)
    made.authority.revoke(resume, BY)
    assert recorded(made, found) is None

    began = clock.now()
    made.authority.revoke(hold, BY)
    clock.advance(timedelta(days=3))
    made.authority.revoke(RevokeOrder(found, Reason.CESSATION_OF_OPERATION), BY)
    final = recorded(made, found)
    assert final is not None
    assert (final.at, final.reason) == (began, Reason.CESSATION_OF_OPERATION)
    with pytest.raises(RevocationRefused):
        made.authority.revoke(resume, BY)


def test_what_was_not_issued_here_is_not_revoked(made: Parts, found: Certificate) -> None:
    foreign = province()["maker"].certificate
    with pytest.raises(CertificateMissing):
        made.authority.revoke(RevokeOrder(foreign, Reason.SUPERSEDED), BY)
    with pytest.raises(CertificateMissing):
        made.authority.revoke(RevokeOrder(replace(found, der=found.der + b"\0"), Reason.SUPERSEDED), BY)


def test_reasons_and_dates_that_make_no_sense_are_refused(
    made: Parts, found: Certificate, clock: SettableClock
) -> None:
    with pytest.raises(RevocationRefused):
        made.authority.revoke(RevokeOrder(found, Reason.AA_COMPROMISE), BY)
    for since in (clock.now() + timedelta(days=1), found.not_before - timedelta(seconds=1)):
        with pytest.raises(RevocationRefused):
            made.authority.revoke(RevokeOrder(found, Reason.KEY_COMPROMISE, since), BY)


def test_an_authority_can_be_revoked_by_the_root(made: Parts, clock: SettableClock) -> None:
    ca = made.authority.directory.authority("service-ca").certificate
    made.authority.revoke(RevokeOrder(ca, Reason.CA_COMPROMISE), BY)
    publish_all(made)
    root = made.authority.directory.authority("root").certificate
    with made.desk.new_work() as work:
        newest = Lists(work.db).newest("root", 0)
    assert newest is not None
    lists = [crl.decode(made.authority.objects.get(newest.address))]
    assert isinstance(revocation.status_at(ca, root, lists, clock.now()), revocation.Revoked)
