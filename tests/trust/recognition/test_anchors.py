"""Who counts for what: by purpose, by time, and by the region whose registry says so."""

from dataclasses import replace
from datetime import timedelta

from tests.support.registries import AT, BEGIN, Region, authority, granted, listed_certificate, root
from trust.recognition.anchors import Anchors
from trust.recognition.recognise import NotRecognised, Reason, Recognised, recognise
from trust.recognition.registry import Entry, EntryType, Purpose, Standing, Status
from trust.recognition.trusted_set import TrustedSet
from trust.values.region import Area

GUANGDONG, ZHEJIANG, STATE = Region("440000"), Region("330000"), Region("100000")
SEAL_CA, OTHER_CA, MAKER, STAMPER = (listed_certificate(name) for name in ("印章CA", "浙江CA", "制章者", "时间戳"))


def _anchors() -> Anchors:
    maker = Entry(
        "maker.1",
        EntryType.SEAL_MAKER,
        "制章者",
        (*granted(), Standing(Status.WITHDRAWN, AT)),
        frozenset({Purpose.SEAL_MAKING}),
        "示例〔2026〕3号",
        certificate=MAKER.der,
    )
    tsa = replace(
        maker,
        id="tsa.1",
        type=EntryType.TIME_STAMP_AUTHORITY,
        purposes=frozenset({Purpose.TIME_STAMPING}),
        standings=granted(),
        certificate=STAMPER.der,
    )
    known = TrustedSet.load(root(GUANGDONG, ZHEJIANG, STATE))
    for file in (
        GUANGDONG.first(authority("seal", SEAL_CA, Purpose.SEAL_SIGNING), maker),
        ZHEJIANG.first(authority("seal", OTHER_CA, Purpose.SEAL_SIGNING, Purpose.SEAL_MAKING)),
        STATE.first(tsa),
    ):
        known = known.update(file, AT)
    return known.anchors(AT)


def test_each_certificate_counts_for_its_purpose_in_its_time() -> None:
    anchors = _anchors()
    before = AT - timedelta(seconds=1)
    assert anchors.certificates(Purpose.SEAL_SIGNING, AT) == (SEAL_CA, OTHER_CA)
    assert anchors.certificates(Purpose.SEAL_MAKING, before) == (MAKER, OTHER_CA)
    assert anchors.certificates(Purpose.SEAL_MAKING, AT) == (OTHER_CA,)
    assert anchors.certificates(Purpose.TIME_STAMPING, AT) == (STAMPER,)
    assert anchors.certificates(Purpose.SEAL_SIGNING, BEGIN - timedelta(seconds=1)) == ()


def test_another_region_does_not_vouch_for_certificates_behind_a_document_of_this_one() -> None:
    here = _anchors().covering(Area("440300"))
    assert here.certificates(Purpose.SEAL_SIGNING, AT) == (SEAL_CA,)
    assert here.certificates(Purpose.TIME_STAMPING, AT) == (STAMPER,)  # the State speaks about every area


def test_certificates_named_by_hand_count_for_everything() -> None:
    anchors = Anchors.of_certificates([OTHER_CA, OTHER_CA])
    for purpose in Purpose:
        assert anchors.certificates(purpose, BEGIN - timedelta(days=9999)) == (OTHER_CA,)
    assert anchors.covering(Area("440300")) == anchors


def test_recognition_names_its_basis() -> None:
    answer = recognise(_anchors(), SEAL_CA, Area("440305"), Purpose.SEAL_SIGNING, AT)
    assert isinstance(answer, Recognised)
    assert (answer.basis, answer.registry.region) == ("示例〔2026〕2号", Area("440000"))


def test_a_refusal_says_why() -> None:
    anchors, area = _anchors(), Area("440305")

    def reason(name: str) -> Reason:
        certificate, purpose, at = {
            "foreign": (OTHER_CA, Purpose.SEAL_SIGNING, AT),
            "purpose": (SEAL_CA, Purpose.SEAL_MAKING, AT),
            "early": (SEAL_CA, Purpose.SEAL_SIGNING, BEGIN - timedelta(seconds=1)),
            "late": (MAKER, Purpose.SEAL_MAKING, AT),
        }[name]
        answer = recognise(anchors, certificate, area, purpose, at)
        assert isinstance(answer, NotRecognised)
        return answer.reason

    assert [reason(name) for name in ("foreign", "purpose", "early", "late")] == [
        Reason.UNKNOWN,
        Reason.UNKNOWN,
        Reason.NOT_YET,
        Reason.WITHDRAWN,
    ]
