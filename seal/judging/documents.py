"""Judge every signature of an OFD document: its file, its value, and what the package shows around it.

Standard:
    GB/T 33190-2016 clause 18; GB/T 38540-2020 section 7.3; GM/T 0099-2020.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from certs.algorithms import KeyKind
from certs.sm import sm2
from seal.judging.case import Case
from seal.judging.judgement import Judgement
from seal.judging.messages import judge_bare_value, judge_message
from seal.judging.sealings import date_remarks, judge_sealing, scope_remarks
from seal.judging.values import key_of
from seal.ofd.coverage import Coverage, coverage, stamp_problems
from seal.ofd.document import Document
from seal.ofd.package import Package
from seal.ofd.reach import Reach
from seal.ofd.signatures_xml import SignatureFile, SignatureList
from seal.report import SignatureReport
from seal.ses.detect import Shape, shape_of

_METHODS = {
    "1.2.156.10197.1.501": KeyKind.SM2,
    "1.2.156.10197.1.301": KeyKind.SM2,
    "1.2.156.10197.1.301.1": KeyKind.SM2,
    "1.2.840.113549.1.1.5": KeyKind.RSA,
    "1.2.840.113549.1.1.11": KeyKind.RSA,
    "1.2.840.10045.4.3.2": KeyKind.P256,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A package and what was read of it, once for all signatures.

    Attributes:
        documents: the readable documents, each with its signature list.
        lists: the signature lists of all documents of the package.
    """

    package: Package
    reach: Reach
    documents: tuple[tuple[Document | None, SignatureList], ...]

    @property
    def lists(self) -> tuple[SignatureList, ...]:
        """The signature lists of all documents."""
        return tuple(found for _, found in self.documents)


@dataclass(slots=True)
class _Judged:
    signature: SignatureFile
    judgement: Judgement
    coverage: Coverage


def judge_signatures(opened: Opened, case: Case) -> tuple[SignatureReport, ...]:
    """Judge every signature in document order."""
    judged = [
        _judge(opened, document, signature, case)
        for document, found in opened.documents
        for signature in found.signatures
    ]
    for place, one in enumerate(judged):
        _judge_coverage(one, judged[place + 1 :])
    return tuple(
        one.judgement.report(
            one.signature.id,
            covered=one.coverage.covered,
            uncovered=one.coverage.uncovered,
            modified=one.coverage.modified,
            missing=one.coverage.missing,
        )
        for one in judged
    )


def _judge(opened: Opened, document: Document | None, signature: SignatureFile, case: Case) -> _Judged:
    package = opened.package
    seen = coverage(package, opened.reach, signature, opened.lists)
    judgement = _judge_value(package, signature, case)
    judgement.remarks |= signature.remarks
    judgement.add("structure", *((problem.code, problem.detail) for problem in signature.problems))
    if package.duplicates:
        judgement.add("structure", ("malformed", f"two members of one name: {package.duplicates[0]}"))
    if opened.reach.unreadable:
        judgement.add("structure", ("malformed", f"{opened.reach.unreadable[0]} cannot be read"))
    if document is None:
        judgement.add("structure", ("malformed", "the document cannot be read"))
    else:
        judgement.add("structure", *((one.code, one.detail) for one in stamp_problems(package, document, signature)))
    if signature.check_method is None or signature.check_method.weak:
        detail = f"digests under {signature.check_method_written or 'a method that is not named'}"
        judgement.add("structure", ("weak-algorithm", detail))
    named = _METHODS.get(signature.method.strip())
    if named is not None and judgement.method_family not in (None, named.value):
        judgement.add("structure", ("algorithm-mismatch", "SignatureMethod is not that of the value"))
    _judge_integrity(package, judgement, seen, signature)
    judgement.remarks |= date_remarks(signature.date_time, judgement)
    return _Judged(signature, judgement, seen)


def _judge_value(package: Package, signature: SignatureFile, case: Case) -> Judgement:
    """Judge the value by what it is, whatever its file is called and its type says."""
    value = package.members.get(signature.value_path or "")
    if value is None:
        judgement = Judgement()
        if not any(problem.code == "signature-missing" for problem in signature.problems):
            judgement.add("structure", ("signature-missing", "the package lacks the signature value"))
        return judgement
    original = signature.original
    match shape_of(value):
        case Shape.SEALING:
            judgement = judge_sealing(value, original, case)
            _compare_seal(package, judgement, signature)
            if judgement.scope is not None and signature.path is not None:
                judgement.remarks |= scope_remarks(judgement.scope, signature.path)
        case Shape.SIGNED_DATA:
            judgement = judge_message(value, original, case)
            if signature.type == "Seal":
                judgement.add("structure", ("algorithm-mismatch", "a signed message where a sealing belongs"))
        case Shape.SM2_VALUE:
            judgement = judge_bare_value(value, original, case, (*case.anchors.bare, *case.pool))
        case _:
            judgement = Judgement()
            judgement.add("structure", ("malformed", "the signature value is nothing we know"))
    return judgement


def _compare_seal(package: Package, judgement: Judgement, signature: SignatureFile) -> None:
    beside = package.members.get(signature.seal_path or "")
    if beside is not None and judgement.seal is not None and beside != judgement.seal.raw:
        judgement.add("seal", ("seal-differs", "Seal.esl is not the seal inside the value"))


def _judge_integrity(package: Package, judgement: Judgement, seen: Coverage, signature: SignatureFile) -> None:
    judgement.add("integrity")
    if seen.modified:
        judgement.add("integrity", ("content-modified", f"changed since signing: {', '.join(seen.modified[:8])}"))
        if len(seen.modified) == len(seen.covered) and _digests_with_z(package, judgement, signature):
            judgement.remarks.add("digest-with-za")
    if seen.missing:
        judgement.add("integrity", ("member-missing", f"gone since signing: {', '.join(seen.missing[:8])}"))


def _digests_with_z(package: Package, judgement: Judgement, signature: SignatureFile) -> bool:
    """Tell whether the digests are SM3(Z ‖ file), as one product wrote them: it explains, it excuses nothing."""
    key = None if judgement.signer is None else key_of(judgement.signer)
    present = [one for one in signature.references if one.path in package]
    if key is None or key.kind is not KeyKind.SM2 or not present:
        return False
    return all(sm2.digest(key.sm2, package.members[one.path]) == one.check_value for one in present)


def _judge_coverage(one: _Judged, later: Sequence[_Judged]) -> None:
    one.judgement.add("coverage")
    outside = one.coverage.uncovered
    if outside:
        if any(_protects(other, one.signature, outside) for other in later):
            one.judgement.add("coverage", ("covered-later", "what this signature leaves out lies inside a later one"))
        else:
            shown = ", ".join(outside[:8])
            one.judgement.add("coverage", ("shown-but-unsigned", f"shown, yet outside the signature: {shown}"))
    if one.coverage.entries_uncovered:
        detail = f"not protected: {', '.join(one.coverage.entries_uncovered)}"
        one.judgement.add("coverage", ("entry-not-covered", detail))


def _protects(later: _Judged, earlier: SignatureFile, members: Sequence[str]) -> bool:
    """Tell whether a later signature is good, covers the earlier one's files and these members."""
    files = (earlier.path, earlier.value_path)
    covered = set(later.coverage.covered)
    return later.judgement.holds and None not in files and {*members, *files} <= covered
