"""The front door gathers what a verifier without network needs, also in a home that lay still."""

from datetime import timedelta

import pytest

from certs import crl
from pki.errors import ListMissing
from pki.parts import Parts
from tests.support.authority import BY, order
from tests.support.clock import SettableClock
from trust.keys.errors import KeyMissing


def test_a_list_that_has_run_out_is_published_anew(made: Parts, clock: SettableClock) -> None:
    issued = made.authority.issue(order("maker"), BY)
    first = made.authority.evidence(issued.certificate)
    assert made.authority.evidence(issued.certificate).lists == first.lists
    clock.advance(timedelta(days=10))
    later = [crl.decode(one) for one in made.authority.evidence(issued.certificate).lists]
    assert all(one.next_update is not None and one.next_update > clock.now() for one in later)
    assert {one.number for one in later} == {1, 2}, (
        "the shard of the certificate is new, the root's own list still holds"
    )


def test_a_list_whose_key_is_elsewhere_is_named(made: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = made.authority.issue(order("maker"), BY)

    def gone(ring: object, name: str) -> object:
        raise KeyMissing(f"{ring} has no {name}")

    monkeypatch.setattr(type(made.desk.keys), "signer", gone)
    with pytest.raises(ListMissing, match="where its key is kept"):
        made.authority.evidence(issued.certificate)
