"""Seals, their codes, their life, and who may use them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from seal.errors import SealIdMalformed, SealNotUsable, TransitionRefused, UseNotPermitted
from seal.model.permission import permit
from seal.model.seal import Seal, SealId, Standing
from tests.support.seals import AT, OWNER, SEAL, USABLE
from trust.values.credit_code import CreditCode
from trust.values.principal import Principal, PrincipalKind
from trust.values.region import Area

OPERATOR = Principal.operator("alice", AT)


def test_a_seal_code_is_a_division_and_eight_digits() -> None:
    assert SealId.of(Area.parse("440300"), 17) == SealId.parse("44030000000017")
    assert SealId.parse("44030000000017").division == Area.parse("440300")


@pytest.mark.parametrize(
    "text", ["", "4403000000001", "440300000000171", "04030000000017", "4403000000001x", "４４０３００００００００１７"]
)
def test_what_is_no_seal_code_is_refused(text: str) -> None:
    with pytest.raises(SealIdMalformed):
        SealId.parse(text)


def test_each_step_gives_the_next_value_and_a_new_revision() -> None:
    assert (USABLE.standing, USABLE.revision) == (Standing.USABLE, 2)
    assert USABLE.frozen().standing is Standing.FROZEN
    assert USABLE.frozen().thawed().standing is Standing.USABLE
    assert USABLE.frozen().cancelled().standing is Standing.CANCELLED
    assert USABLE.frozen().thawed().cancelled().revision == 5
    assert SEAL.cancelled().standing is Standing.CANCELLED


@pytest.mark.parametrize(
    "step",
    [
        SEAL.frozen,
        SEAL.thawed,
        USABLE.thawed,
        USABLE.frozen().frozen,
        USABLE.cancelled().thawed,
        USABLE.cancelled().frozen,
        USABLE.cancelled().cancelled,
        lambda: USABLE.finished(b"", b""),
    ],
)
def test_a_step_the_life_does_not_have_is_refused(step: object) -> None:
    assert callable(step)
    with pytest.raises(TransitionRefused):
        step()


@pytest.mark.parametrize("seal", [SEAL, USABLE.frozen(), USABLE.cancelled()])
def test_a_seal_that_is_not_usable_refuses(seal: Seal) -> None:
    with pytest.raises(SealNotUsable):
        permit(seal, OPERATOR, AT)


def test_a_seal_outside_its_dates_refuses() -> None:
    permit(USABLE, OPERATOR, USABLE.valid_to)
    for at in (AT - timedelta(seconds=1), USABLE.valid_to + timedelta(seconds=1)):
        with pytest.raises(SealNotUsable):
            permit(USABLE, OPERATOR, at)


def test_only_who_acts_for_the_owner_may_use_a_seal() -> None:
    permit(USABLE, Principal.service("licence"), AT)
    official = Principal("pairwise", PrincipalKind.OFFICIAL, body=OWNER)
    permit(USABLE, official, AT)
    for other in (
        replace(official, body=CreditCode.parse("91350100M000100Y43")),
        replace(official, body=None),
        replace(official, kind=PrincipalKind.PERSON),
    ):
        with pytest.raises(UseNotPermitted):
            permit(USABLE, other, AT)
