"""May this body issue this type for this area at this time."""

from datetime import timedelta

import pytest

from tests.support.registries import AT, BEGIN, BODY, BUSINESS_LICENCE, OTHER_BODY, Region, entitlement, issuer, root
from trust.recognition.anchors import Anchors
from trust.recognition.entitlement import Entitled, NotEntitled, Refusal, entitled
from trust.recognition.registry import Entry, Standing, Status
from trust.recognition.trusted_set import TrustedSet
from trust.values.region import Area

GUANGDONG, ZHEJIANG = Region("440000"), Region("330000")
SECOND = timedelta(seconds=1)
OTHER_TYPE = "11100000MB03271699001"


def _anchors(*entries: Entry) -> Anchors:
    return TrustedSet.load(root(GUANGDONG)).update(GUANGDONG.first(*entries), AT).anchors(AT)


@pytest.mark.parametrize("area", ["440000", "440300", "440305"])
def test_an_entitlement_for_the_province_covers_all_below(area: str) -> None:
    answer = entitled(_anchors(issuer(entitlement("440000"))), BODY, BUSINESS_LICENCE, Area(area), AT)
    assert isinstance(answer, Entitled)
    assert answer.entitlement == entitlement("440000")
    assert answer.entry.basis == "示例〔2026〕1号"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (issuer(entitlement(), body=OTHER_BODY), Refusal.ISSUER_UNKNOWN),
        (issuer(), Refusal.NOT_ENTITLED),
        (issuer(entitlement(licence_type=OTHER_TYPE)), Refusal.NOT_ENTITLED),
        (issuer(entitlement(), standings=(Standing(Status.SUSPENDED, BEGIN),)), Refusal.NOT_ENTITLED),
        (issuer(entitlement("440400")), Refusal.OUTSIDE_AREA),
        (issuer(entitlement("440305")), Refusal.OUTSIDE_AREA),
        (issuer(entitlement(start=AT + SECOND)), Refusal.ENTITLEMENT_NOT_YET),
        (issuer(entitlement(), standings=(Standing(Status.GRANTED, AT + SECOND),)), Refusal.ENTITLEMENT_NOT_YET),
        (issuer(entitlement(end=AT)), Refusal.ENTITLEMENT_ENDED),
        (issuer(entitlement(), standings=(Standing(Status.WITHDRAWN, AT),)), Refusal.ENTITLEMENT_ENDED),
        (issuer(entitlement("440000", end=AT), entitlement("440400")), Refusal.ENTITLEMENT_ENDED),
    ],
)
def test_each_no_has_its_reason(entry: Entry, reason: Refusal) -> None:
    answer = entitled(_anchors(entry), BODY, BUSINESS_LICENCE, Area("440300"), AT)
    assert isinstance(answer, NotEntitled)
    assert answer.reason is reason


def test_the_first_instant_counts_and_the_last_does_not() -> None:
    anchors = _anchors(issuer(entitlement(start=AT, end=AT + SECOND)))
    answers = [entitled(anchors, BODY, BUSINESS_LICENCE, Area("440300"), at) for at in (AT - SECOND, AT, AT + SECOND)]
    assert [isinstance(answer, Entitled) for answer in answers] == [False, True, False]


def test_history_is_judged_at_the_time_of_sealing() -> None:
    lately = (Standing(Status.GRANTED, BEGIN), Standing(Status.WITHDRAWN, AT))
    anchors = _anchors(issuer(entitlement(), standings=lately))
    assert isinstance(entitled(anchors, BODY, BUSINESS_LICENCE, Area("440300"), AT - SECOND), Entitled)
    assert isinstance(entitled(anchors, BODY, BUSINESS_LICENCE, Area("440300"), AT), NotEntitled)


def test_a_second_entry_of_the_body_counts_too() -> None:
    renewed = issuer(entitlement(), name="renewed")
    anchors = _anchors(issuer(entitlement(end=AT)), renewed)
    answer = entitled(anchors, BODY, BUSINESS_LICENCE, Area("440300"), AT)
    assert isinstance(answer, Entitled)
    assert answer.entry == renewed


def test_a_body_that_only_another_region_knows_is_outside_its_area() -> None:
    known = TrustedSet.load(root(GUANGDONG, ZHEJIANG))
    known = known.update(GUANGDONG.first(), AT).update(
        ZHEJIANG.first(issuer(entitlement("330000"), body=OTHER_BODY)), AT
    )
    answer = entitled(known.anchors(AT), OTHER_BODY, BUSINESS_LICENCE, Area("440300"), AT)
    assert isinstance(answer, NotEntitled)
    assert answer.reason is Refusal.OUTSIDE_AREA
