"""Issuances in tables: one for each requester and business number, ended once."""

from dataclasses import replace

import pytest

from licence.errors import IssuanceAbandoned, IssuanceInProgress
from licence.formats.identifier import LicenceIdentifier
from licence.storage.issuances import Issuances
from tests.licence.model.test_issuance import AT, INTENDED
from tests.support.licences import ISSUER, TYPE
from trust.storage.unit_of_work import NewWork


def test_an_intent_is_found_and_ends_once(new_work: NewWork) -> None:
    with new_work() as work:
        Issuances(work.db).intend([INTENDED])
    done = INTENDED.completed("a" * 64, AT)
    with new_work() as work:
        issuances = Issuances(work.db)
        assert issuances.find(INTENDED.by, ["7", "8"]) == {"7": INTENDED}
        issuances.end(done)
        assert issuances.get([INTENDED.id]) == [done]
        with pytest.raises(IssuanceAbandoned):
            issuances.end(INTENDED.abandoned("late", AT))


def test_the_same_number_is_intended_once(new_work: NewWork) -> None:
    other = replace(INTENDED, id="1" * 32, identifier=LicenceIdentifier(TYPE, ISSUER, "2", 1))
    with new_work() as work:
        Issuances(work.db).intend([INTENDED])
    with new_work() as work, pytest.raises(IssuanceInProgress):
        Issuances(work.db).intend([other])
    with new_work() as work:
        Issuances(work.db).intend([replace(other, by="service counter")])


def test_an_abandoned_one_is_begun_again_by_one_alone(new_work: NewWork) -> None:
    abandoned = INTENDED.abandoned("interrupted", AT)
    again = abandoned.again(replace(INTENDED, identifier=LicenceIdentifier(TYPE, ISSUER, "2", 1)))
    with new_work() as work:
        issuances = Issuances(work.db)
        issuances.intend([INTENDED])
        issuances.end(abandoned)
        issuances.intend([again])
        assert issuances.get([INTENDED.id]) == [again]
    with new_work() as work, pytest.raises(IssuanceInProgress):
        Issuances(work.db).intend([again])
