"""Freezing, thawing and cancelling."""

from datetime import timedelta

import pytest

from seal.errors import SealMissing, TransitionRefused
from seal.model.seal import SealId, Standing
from seal.usecases.change_seal import REVOKE, Step
from seal.usecases.revoke_sealer import RevokeSealer
from tests.support.seal_house import House


def test_each_step_is_recorded_and_journalled(house: House) -> None:
    seal = house.seal()
    assert house.change(seal.id, Step.FREEZE, "lost", house.by).standing is Standing.FROZEN
    assert house.change(seal.id, Step.THAW, "found", house.by).standing is Standing.USABLE
    assert house.change(seal.id, Step.CANCEL, "body dissolved", house.by).standing is Standing.CANCELLED
    assert house.events()[-3:] == ["seal-frozen", "seal-thawed", "seal-cancelled"]
    with pytest.raises(TransitionRefused):
        house.change(seal.id, Step.THAW, "", house.by)
    with pytest.raises(SealMissing):
        house.change(SealId.parse("44000000000099"), Step.FREEZE, "", house.by)


def test_a_cancelled_seals_certificate_is_revoked_once(house: House) -> None:
    seal = house.seal()
    house.change(seal.id, Step.CANCEL, "body dissolved", house.by)
    revoke = RevokeSealer(house.database.reading, house.new_work, house.authority)
    with house.new_work() as work:
        group = work.jobs.claim(REVOKE, timedelta(seconds=30))
    assert group is not None
    revoke(group)
    assert len(house.authority.revoked) == 1
    with house.new_work() as work:
        assert work.jobs.claim(REVOKE, timedelta(seconds=30)) is None
