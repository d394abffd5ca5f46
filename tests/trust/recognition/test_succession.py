"""The next version keeps what was said and adds what was proposed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certs.sm import sm3
from tests.support.registries import AT, BEGIN, Region, authority, entitlement, issuer, listed_certificate, root
from trust.recognition import succession
from trust.recognition.errors import RegistryHistoryRewritten
from trust.recognition.registry import Purpose, Standing, Status
from trust.recognition.trusted_set import Adopted, TrustedSet

GUANGDONG = Region("440000")
CA = authority("seal", listed_certificate("示例印章CA"), Purpose.SEAL_SIGNING)
WEEK = timedelta(days=7)


def test_versions_follow_one_another_and_a_verifier_takes_them_all() -> None:
    first = succession.first(GUANGDONG.area, [issuer(entitlement()), CA], AT + timedelta(microseconds=7), WEEK)
    file = GUANGDONG.file(first)
    known = TrustedSet.load(root(GUANGDONG)).update(file, AT)
    suspended = replace(CA, standings=(*CA.standings, Standing(Status.SUSPENDED, AT)))
    later = AT + timedelta(days=3)
    second = succession.following(Adopted(first, sm3.digest(file)), [suspended], later, WEEK)
    known = known.update(GUANGDONG.file(second), later)
    adopted = known.adopted[GUANGDONG.area].registry
    assert (adopted.version, adopted.issued_at, adopted.next_update) == (2, later, later + WEEK)
    assert [entry.id for entry in adopted.entries] == ["ca.seal", "issuer.amr"]
    assert adopted.find("ca.seal") == suspended


def test_a_draft_that_takes_something_back_is_refused() -> None:
    first = succession.first(GUANGDONG.area, [issuer(entitlement())], AT, WEEK)
    with pytest.raises(RegistryHistoryRewritten, match=r"issuer\.amr"):
        succession.following(Adopted(first, bytes(32)), [issuer(entitlement(start=BEGIN + WEEK))], AT, WEEK)


def test_a_clock_that_went_back_does_not_turn_the_order() -> None:
    first = succession.first(GUANGDONG.area, [], AT, WEEK)
    second = succession.following(Adopted(first, bytes(32)), [], AT - timedelta(hours=1), WEEK)
    assert second.issued_at == AT
