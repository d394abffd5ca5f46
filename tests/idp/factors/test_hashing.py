"""Password digests, and what happens when too many are asked for."""

from threading import BoundedSemaphore

import pytest
from argon2 import PasswordHasher

from idp.factors.hashing import PasswordHashes, TooBusy


def test_a_digest_belongs_to_its_password_alone() -> None:
    hashes = PasswordHashes()
    stored = hashes.encode("violet harbour nine")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hashes.matches(stored, "violet harbour nine")
    assert not hashes.matches(stored, "violet harbour ten")
    assert not hashes.matches("nonsense", "violet harbour nine")


def test_a_digest_of_other_parameters_is_outdated() -> None:
    hashes = PasswordHashes()
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("violet harbour nine")
    assert hashes.outdated(weak)
    assert not hashes.outdated(hashes.encode("violet harbour nine"))


def test_a_caller_without_a_place_is_sent_away_and_places_come_back() -> None:
    places = BoundedSemaphore(1)
    hashes = PasswordHashes(places=places)
    with places, pytest.raises(TooBusy):
        hashes.encode("violet harbour nine")
    assert hashes.encode("violet harbour nine")
