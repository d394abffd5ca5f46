"""Each verdict from what it is made of, and the word over all six."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from certs import name, oids
from licence import verdicts
from licence.verdicts import Overall, SealedAt, Verdict
from seal.report import CODES, FINDINGS, Finding, Result
from tests.support import hierarchy
from tests.support.registries import AT, BEGIN, BODY, BUSINESS_LICENCE, OTHER_BODY, Region, entitlement, issuer, root
from trust.recognition.anchors import Anchors
from trust.recognition.registry import Entry, Standing, Status
from trust.recognition.trusted_set import TrustedSet
from trust.values.credit_code import CreditCode
from trust.values.region import Area

GUANGDONG = Region("440000")
PLACE = Area("440300")
SEALED = SealedAt(AT, is_proven=True)
LATER = AT + timedelta(days=2)
GOOD = dict.fromkeys(FINDINGS, Finding(Result.PASSED)) | {"changes": Finding(Result.NOT_APPLICABLE)}


def _with(finding: str, code: str) -> Mapping[str, Finding]:
    result = Result.FAILED if code in CODES[finding][0] else Result.INDETERMINATE
    return {**GOOD, finding: Finding(result, code, "why")}


def _integrity(findings: Mapping[str, Finding], **changes: bool) -> Verdict:
    return verdicts.integrity(findings, **{"metadata_covered": True, "active_content": False, **changes})


# --- integrity ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("finding", ["structure", "integrity", "coverage", "value", "changes"])
def test_integrity_takes_the_code_of_whatever_failed_or_stayed_open(finding: str) -> None:
    failed, open_ = CODES[finding]
    for code in failed:
        verdict = _integrity(_with(finding, code))
        assert (verdict.result, verdict.code) == (Result.FAILED, code)
    for code in set(open_) - {"covered-later", "entry-not-covered"}:
        verdict = _integrity(_with(finding, code))
        assert (verdict.result, verdict.code) == (Result.INDETERMINATE, code)


def test_a_later_seal_and_an_open_list_do_no_harm() -> None:
    assert _integrity(GOOD).result is Result.PASSED
    assert _integrity(_with("coverage", "covered-later")).result is Result.PASSED
    assert _integrity(_with("coverage", "entry-not-covered")).result is Result.PASSED


def test_metadata_outside_the_seal_fail() -> None:
    verdict = _integrity(_with("coverage", "entry-not-covered"), metadata_covered=False)
    assert (verdict.result, verdict.code) == (Result.FAILED, "metadata-not-covered")
    assert _integrity(_with("value", "value-wrong"), metadata_covered=False).code == "value-wrong"


def test_a_document_that_acts_by_itself_fails() -> None:
    assert _integrity(GOOD, active_content=True).code == "active-content"


# --- authority ------------------------------------------------------------------------------------------------------


def _anchors(*entries: Entry) -> Anchors:
    return TrustedSet.load(root(GUANGDONG)).update(GUANGDONG.first(*entries), AT).anchors(AT)


def _authority(
    entry: Entry, *, bodies: tuple[CreditCode | None, ...] = (BODY, BODY), sealed: SealedAt = SEALED
) -> Verdict:
    return verdicts.authority(_anchors(entry), BODY, bodies, BUSINESS_LICENCE, PLACE, sealed, LATER)


def test_an_entitled_body_passes_and_the_basis_is_named() -> None:
    verdict = _authority(issuer(entitlement()))
    assert verdict.result is Result.PASSED
    assert verdict.evidence["basis"] == "示例〔2026〕1号"
    assert verdict.evidence["registry"] == "440000 version 1"


@pytest.mark.parametrize(
    ("entry", "result", "code"),
    [
        (issuer(entitlement(licence_type="11100000MB03271699001")), Result.FAILED, "not-entitled"),
        (issuer(entitlement("440400")), Result.FAILED, "outside-area"),
        (issuer(entitlement(start=AT + timedelta(seconds=1))), Result.FAILED, "entitlement-not-yet"),
        (issuer(entitlement(end=AT)), Result.FAILED, "entitlement-ended"),
        (issuer(entitlement(), body=OTHER_BODY), Result.INDETERMINATE, "issuer-unknown"),
    ],
)
def test_a_body_without_the_right_does_not_pass(entry: Entry, result: Result, code: str) -> None:
    verdict = _authority(entry)
    assert (verdict.result, verdict.code) == (result, code)


@pytest.mark.parametrize("bodies", [(OTHER_BODY, OTHER_BODY), (BODY, OTHER_BODY), (None, BODY), (OTHER_BODY,)])
def test_issuer_seal_and_certificate_must_be_one_body(bodies: tuple[CreditCode | None, ...]) -> None:
    verdict = _authority(issuer(entitlement()), bodies=bodies)
    assert (verdict.result, verdict.code) == (Result.FAILED, "issuer-differs")


def test_a_claimed_time_does_not_carry_an_entitlement_that_is_over() -> None:
    over = issuer(entitlement(end=AT + timedelta(hours=1)))
    assert _authority(over).result is Result.PASSED
    claimed = _authority(over, sealed=SealedAt(AT, is_proven=False))
    assert (claimed.result, claimed.code) == (Result.INDETERMINATE, "entitlement-ended")
    withdrawn = issuer(entitlement(), standings=(Standing(Status.GRANTED, BEGIN), Standing(Status.WITHDRAWN, LATER)))
    assert _authority(withdrawn, sealed=SealedAt(AT, is_proven=False)).result is Result.INDETERMINATE


def _organisation(*organisations: str) -> CreditCode | None:
    subject = name.build([(oids.COUNTRY, "CN"), *((oids.ORGANISATION, each) for each in organisations)])
    made = hierarchy.declare(root=hierarchy.authority(), sealer=hierarchy.leaf("root", subject=subject))
    return verdicts.body_of(made["sealer"].certificate)


def test_the_body_of_a_certificate_stands_before_its_name() -> None:
    assert _organisation(f"{BODY}示例省市场监督管理局") == BODY


@pytest.mark.parametrize(
    "organisations",
    [
        ("示例省市场监督管理局",),
        (f"{BODY}",),
        ("11440000MB9X00015E示例省市场监督管理局",),
        (f" {BODY}示例省市场监督管理局",),
        (f"{BODY}示例省市场监督管理局", f"{OTHER_BODY}示例省公安厅"),
    ],
)
def test_a_certificate_that_names_no_body_or_two_has_none(organisations: tuple[str, ...]) -> None:
    assert _organisation(*organisations) is None


# --- status, presentation, overall ----------------------------------------------------------------------------------


def test_what_came_after_the_sealing_is_not_known() -> None:
    verdict = verdicts.status(None, SEALED, LATER)
    assert (verdict.result, verdict.code) == (Result.INDETERMINATE, "not-known-since")
    assert verdict.evidence == {"time stamp": "2026-03-01T08:00:00Z"}
    assert verdicts.status(None, None, LATER).code == "not-known-since"


def test_a_licence_ends_with_its_own_time() -> None:
    assert verdicts.status(LATER, SEALED, LATER).code == "expired"
    assert verdicts.status(LATER + timedelta(seconds=1), SEALED, LATER).code == "not-known-since"


def test_a_copy_ends_with_its_time() -> None:
    assert verdicts.presentation(None, LATER) == Verdict(Result.PASSED, detail="original")
    assert verdicts.presentation(LATER + timedelta(seconds=1), LATER).result is Result.PASSED
    assert verdicts.presentation(LATER, LATER).code == "copy-expired"


PASSED = Verdict(Result.PASSED)
OPEN = Verdict(Result.INDETERMINATE, "not-known-since")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, Overall.ACCEPTED),
        ({"status": OPEN}, Overall.ACCEPTED_AS_OF),
        ({"status": OPEN, "signer": Verdict(Result.INDETERMINATE, "no-anchor")}, Overall.INDETERMINATE),
        ({"status": OPEN, "seal": Verdict(Result.NOT_APPLICABLE)}, Overall.INDETERMINATE),
        ({"authority": Verdict(Result.INDETERMINATE, "issuer-unknown")}, Overall.INDETERMINATE),
        ({"status": OPEN, "presentation": Verdict(Result.FAILED, "copy-expired")}, Overall.REJECTED),
        ({"status": Verdict(Result.FAILED, "expired")}, Overall.REJECTED),
    ],
)
def test_one_word_for_six_verdicts(changes: dict[str, Verdict], word: Overall) -> None:
    six = dict.fromkeys(("integrity", "signer", "seal", "authority", "status", "presentation"), PASSED)
    assert verdicts.overall({**six, **changes}) is word
