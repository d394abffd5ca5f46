"""Judge a sealing (SES_Signature) or a seal alone: value, match of certificate and seal, seal, time, original's digest.

Standard:
    GB/T 38540-2020 section 7.3 (verification of a sealing) and 6.3 (of a seal).
"""

import json
from datetime import timedelta

from certs import certificate as certificates
from certs.errors import CertsError, LimitExceeded, MalformedEncoding, UnknownAlgorithm
from certs.sm import sm3
from seal.judging.case import Case
from seal.judging.judgement import Judgement
from seal.judging.seals import SealJudgement, judge_seal
from seal.judging.signer import certificate_reasons
from seal.judging.signing_time import SigningTime, judge_time, judge_token
from seal.judging.values import algorithm_for, key_of, signs_digest_alone, verifies
from seal.report import Finding, Result, Times, conclude
from seal.ses import times
from seal.ses.seal_data import Seal, read_seal
from seal.ses.signature_data import Sealing, read_sealing


def judge_sealing(data: bytes, original: bytes | None, case: Case) -> Judgement:
    """Judge a sealing over its original (None: not at hand)."""
    judgement = Judgement()
    judgement.add("structure")
    try:
        sealing = read_sealing(data, remarks=judgement.remarks, strict=case.strict)
    except MalformedEncoding as wrong:
        code = "limit-exceeded" if isinstance(wrong, LimitExceeded) else "malformed"
        judgement.add("structure", (code, str(wrong)))
        return judgement
    judgement.form = sealing.generation.form
    judgement.seal = sealing.seal
    judgement.scope = sealing.property_info
    _judge_structure(judgement, sealing, case)
    time = judge_time(case, sealing.time_info.claimed, sealing.time_stamp or sealing.time_info.token, _stamped(sealing))
    judgement.times = time.times
    judgement.fixed["time"] = time.finding
    _judge_value(judgement, sealing, original, time)
    seal = judge_seal(sealing.seal, time, sealing.certificate, judgement.remarks)
    _merge_seal(judgement, seal, time)
    if original is not None:
        judgement.add("integrity")
        if sealing.data_hash != sm3.digest(original):
            judgement.add("integrity", ("data-hash-wrong", "the sealed digest is not that of the original"))
    return judgement


def judge_seal_alone(data: bytes, case: Case) -> Judgement:
    """Judge a seal that is used nowhere yet, at the instant of the judgement."""
    judgement = Judgement()
    judgement.add("structure")
    try:
        seal: Seal = read_seal(data, remarks=judgement.remarks, strict=case.strict)
    except MalformedEncoding as wrong:
        judgement.add("structure", ("limit-exceeded" if isinstance(wrong, LimitExceeded) else "malformed", str(wrong)))
        return judgement
    judgement.form, judgement.seal = seal.generation.form, seal
    now = SigningTime(Times(), Finding(Result.NOT_APPLICABLE), case.at, case)
    found = judge_seal(seal, now, None, judgement.remarks)
    judgement.add("structure", *found.structure)
    judgement.add("seal", *(reason for reason in found.seal if reason[0] != "seal-expired-since-signing"))
    judgement.checks = found.checks
    if seal.time_stamp is not None:
        judgement.fixed["time"] = conclude("time", found.time)
        judgement.times = Times(None, judge_token(case, seal.time_stamp, seal.signature).proven)
    return judgement


def _judge_structure(judgement: Judgement, sealing: Sealing, case: Case) -> None:
    if sealing.version != sealing.seal.info.version or sealing.generation is not sealing.seal.generation:
        judgement.add(
            "structure",
            ("version-mismatch", f"a sealing of version {sealing.version} with a seal of {sealing.seal.info.version}"),
        )
    if any(one.critical for one in sealing.extensions):
        judgement.remarks.add("critical-extension-unknown")
        if case.strict:
            judgement.add("structure", ("unknown-critical-extension", "a critical extension that is not known"))


def _judge_value(judgement: Judgement, sealing: Sealing, original: bytes | None, time: SigningTime) -> None:
    """Judge the sealer's value and certificate."""
    strict = time.case.strict
    try:
        signer = certificates.read(sealing.certificate)
    except CertsError as wrong:
        judgement.add("structure", ("malformed", f"the signer's certificate cannot be read: {wrong}"))
        return
    judgement.signer = signer
    judgement.remarks |= signer.remarks
    judgement.add("certificate", *certificate_reasons(signer, time))
    judgement.add("value")
    key = key_of(signer)
    if key is None:
        judgement.add("structure", ("algorithm-mismatch", "the signer's key is of no kind we verify with"))
        judgement.add("value", ("value-wrong", "there is no key to verify with"))
        return
    judgement.method_family = key.kind.value
    try:
        algorithm = algorithm_for(sealing.algorithm, key, judgement.remarks, strict=strict)
    except UnknownAlgorithm as wrong:
        judgement.add("structure", ("algorithm-mismatch", str(wrong)))
        judgement.add("value", ("value-wrong", "there is no algorithm to verify by"))
        return
    if algorithm.weak:
        judgement.add("structure", ("weak-algorithm", "the sealing is signed with a weak algorithm"))
    if verifies(key, sealing.signature, sealing.signed, algorithm, judgement.remarks, strict=strict):
        return
    if signs_digest_alone(key, sealing.signature, sealing.data_hash, original):
        detail = "made over the document's digest alone; seal, time and list are bound by nothing"
        judgement.add("value", ("wrong-bytes-signed", detail))
    else:
        judgement.add("value", ("value-wrong", "the value does not verify over what was to be signed"))


def _merge_seal(judgement: Judgement, found: SealJudgement, time: SigningTime) -> None:
    judgement.add("structure", *found.structure)
    judgement.add("seal", *found.seal)
    judgement.checks = found.checks
    if found.time and time.finding.result is not Result.FAILED:
        judgement.fixed["time"] = conclude("time", found.time)


def _stamped(sealing: Sealing) -> bytes:
    """What a time stamp is about: the sealer's value; a token in place of the time (V1) can only be about the digest."""
    return sealing.signature if sealing.time_stamp is not None else sealing.data_hash


def scope_remarks(property_info: str, signature_path: str) -> set[str]:
    """Compare the protected scope a sealing states with where its Signature.xml stands."""
    if property_info == signature_path:
        return set()
    try:
        stated = json.loads(property_info)
    except ValueError:
        return {"property-info-path"}
    entry = stated.get("Entry") if isinstance(stated, dict) else None
    same = isinstance(entry, str) and entry.lstrip("/") == signature_path.lstrip("/")
    return set() if same else {"property-info-path"}


def date_remarks(date_time: str, judgement: Judgement) -> set[str]:
    """Compare the time that Signature.xml names with the one in the value."""
    stated, claimed = times.parse(date_time), judgement.times.claimed
    if stated is None or claimed is None or abs(stated - claimed) <= timedelta(minutes=5):
        return set()
    return {"local-time-as-utc"} if times.local_as_utc(stated, claimed) else set()
