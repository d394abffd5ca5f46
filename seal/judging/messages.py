"""Judge a signed message of GB/T 35275, and a bare SM2 value, over an original.

Three encodings of a message over Signature.xml are met: attributes with its digest; the digest as enclosed content;
and the digest in Base64 text.

Standard:
    GB/T 35275-2017 (signed data); GM/T 0099-2020 (signature of OFD documents).
"""

import base64
from collections.abc import Iterable

from certs import algorithms, cms_verify
from certs.certificate import Certificate
from certs.cms import SignedData, SignerInfo
from certs.cms_verify import read_certificates
from certs.errors import CertsError, InvalidSignature, LimitExceeded, MalformedEncoding, UnknownAlgorithm
from certs.sm import sm3
from seal.judging.case import Case, read_lists
from seal.judging.judgement import Judgement
from seal.judging.signer import certificate_reasons
from seal.judging.signing_time import judge_time
from seal.judging.values import key_of, verifies
from seal.report import Finding, Result


def judge_message(data: bytes, original: bytes | None, case: Case) -> Judgement:
    """Judge a signed message over its original (None: not at hand).

    With several signers the first that fails speaks for all; a message is as good as its worst signer.
    """
    judgement = Judgement()
    judgement.add("structure")
    try:
        signed = SignedData.decode(data) if case.strict else SignedData.read(data)
    except MalformedEncoding as wrong:
        judgement.add("structure", ("limit-exceeded" if isinstance(wrong, LimitExceeded) else "malformed", str(wrong)))
        return judgement
    judgement.form = "gbt35275"
    judgement.remarks |= signed.remarks
    enclosed = read_certificates(signed.certificates)
    case = case.with_proofs(enclosed, read_lists(signed.crls))
    judgement.add("value")
    if original is not None:
        judgement.add("integrity")
    for signer in signed.signers:
        _judge_signer(judgement, signed, signer, original, case)
    return judgement


def judge_bare_value(data: bytes, original: bytes | None, case: Case, given: Iterable[Certificate]) -> Judgement:
    """Judge a bare SM2 value: it names nobody, so its signer is whoever's given certificate it verifies under."""
    judgement = Judgement(form="sm2-bare")
    judgement.add("structure")
    judgement.fixed["time"] = Finding(Result.INDETERMINATE, "claimed-only", "the value says nothing of time")
    judgement.add("value")
    if original is not None:
        judgement.add("integrity")  # the value stands over the original itself
        for one in given:
            key = key_of(one)
            if key is None:
                continue
            algorithm = algorithms.for_kind(key.kind)
            if verifies(key, data, original, algorithm, judgement.remarks, strict=case.strict):
                judgement.signer = one
                judgement.add("certificate", *certificate_reasons(one, judge_time(case, None, None, data)))
                return judgement
    judgement.add("value", ("signer-unknown", "no certificate in the file"))
    return judgement


def _judge_signer(
    judgement: Judgement, signed: SignedData, signer: SignerInfo, original: bytes | None, case: Case
) -> None:
    try:
        claimed, token = signer.signing_time, signer.time_stamp
        stated = signer.message_digest
    except MalformedEncoding as wrong:
        judgement.add("structure", ("malformed", str(wrong)))
        claimed = token = stated = None
    time = judge_time(case, claimed, token, signer.signature)
    judgement.times = time.times
    if judgement.fixed.get("time", time.finding).result is not Result.FAILED:
        judgement.fixed["time"] = time.finding
    content = signed.content if signed.content is not None else original
    if original is not None and not _is_about(stated, signed.content, original):
        judgement.add("integrity", ("data-hash-wrong", "the signed digest is not that of the original"))
    if stated is not None and signed.content is not None and stated != sm3.digest(signed.content):
        judgement.add("integrity", ("data-hash-wrong", "the signed digest is not that of the enclosed content"))
    certificate = cms_verify.find_certificate(signer, time.case.pool)
    if certificate is None:
        judgement.add("value", ("signer-unknown", "the certificate that the signer names is not at hand"))
        return
    judgement.signer = certificate
    judgement.remarks |= certificate.remarks
    judgement.add("certificate", *certificate_reasons(certificate, time))
    _judge_value(judgement, signer, certificate, content, strict=case.strict)


def _judge_value(
    judgement: Judgement, signer: SignerInfo, certificate: Certificate, content: bytes | None, *, strict: bool
) -> None:
    key = key_of(certificate)
    if key is None:
        judgement.add("structure", ("algorithm-mismatch", "the signer's key is of no kind we verify with"))
        judgement.add("value", ("value-wrong", "there is no key to verify with"))
        return
    judgement.method_family = key.kind.value
    if content is None and signer.received_attributes is None:
        del judgement.reasons["value"]  # a detached value without its content: nothing to judge
        return
    try:
        if cms_verify.algorithm_of(signer).weak:
            judgement.add("structure", ("weak-algorithm", "the message is signed with a weak algorithm"))
        judgement.remarks |= cms_verify.verify_value(signer, key, content or b"", strict=strict)
    except InvalidSignature as wrong:
        judgement.add("value", ("value-wrong", str(wrong)))
    except UnknownAlgorithm as wrong:
        judgement.add("structure", ("algorithm-mismatch", str(wrong)))
        judgement.add("value", ("value-wrong", "there is no algorithm to verify by"))
    except CertsError as wrong:
        judgement.add("structure", ("malformed", str(wrong)))


def _is_about(stated: bytes | None, content: bytes | None, original: bytes) -> bool:
    """Tell whether a message is about an original, in one of the encodings met."""
    digest = sm3.digest(original)
    if content is None:
        return stated is None or stated == digest
    return content in (digest, base64.b64encode(digest), original)
