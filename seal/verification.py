"""Examine a document, a seal or a signature value: bytes, anchors, proofs and an instant in, a report out.

Nothing is fetched and nothing raises for a bad document. The same arguments give the same report next year and in
another province.

Standard:
    GB/T 38540-2020 sections 6.3 and 7.3; GB/T 33190-2016 clause 18; ETSI EN 319 102-1 section 5.
"""

from datetime import datetime

from certs.sm import sm3
from seal.judging import integrity_list
from seal.judging.case import Case
from seal.judging.documents import Opened, judge_signatures
from seal.judging.judgement import Judgement
from seal.judging.messages import judge_bare_value, judge_message
from seal.judging.sealings import judge_seal_alone, judge_sealing
from seal.ofd.coverage import has_evidence, unsigned_members
from seal.ofd.document import Body, Document, read_bodies, read_document
from seal.ofd.errors import DocumentMalformed, PackageMalformed, XmlRefused
from seal.ofd.package import EVIDENCE, Package, open_package
from seal.ofd.reach import reach
from seal.ofd.signatures_xml import read_signatures
from seal.report import DocumentReport, Indication, Profile
from seal.ses.detect import Shape, shape_of
from trust.recognition import evidence as bundles
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence

__all__ = ["DocumentReport", "Indication", "Profile", "examine"]

_ZIP = b"PK"
_PDF = b"%PDF-"
_BROKEN = (Indication.TOTAL_FAILED, "FORMAT_FAILURE")


def examine(
    document: bytes,
    anchors: Anchors,
    evidence: Evidence,
    at: datetime,
    profile: Profile = Profile.INTEROP,
    *,
    original: bytes | None = None,
) -> DocumentReport:
    """Examine a file.

    Args:
        document: an OFD, a seal (.esl), a sealing (SES_Signature), a GB/T 35275 message or a bare SM2 value.
        anchors: whom we accept, and for what.
        evidence: proofs at hand beside those the file carries; none of them is believed for being given.
        at: the instant of the judgement, aware, in UTC.
        profile: how deviations are met.
        original: what a value given alone is about.
    """
    strict = profile is Profile.STRICT
    digest = sm3.digest(document)
    if document.startswith(_PDF):
        failure = (Indication.INDETERMINATE, "POLICY_PROCESSING_ERROR", "PDF signatures are not judged by this version")
        return DocumentReport("pdf", digest, at, failure=failure, remarks=frozenset({"pdf-not-judged"}))
    if document.startswith(_ZIP):
        return _examine_ofd(document, digest, anchors, evidence, at, strict=strict)
    case = Case.open(anchors, evidence, at, strict=strict)
    shape = shape_of(document)
    judged: tuple[str, Judgement]
    match shape:
        case Shape.SEAL:
            judged = "seal", judge_seal_alone(document, case)
        case Shape.SEALING:
            judged = "seal-value", judge_sealing(document, original, case)
        case Shape.SIGNED_DATA:
            judged = "signed-data", judge_message(document, original, case)
        case Shape.SM2_VALUE:
            judged = "seal-value", judge_bare_value(document, original, case, (*anchors.bare, *case.pool))
        case _:
            failure = (*_BROKEN, "neither an OFD nor a PDF, seal or signature value")
            return DocumentReport("unknown", digest, at, failure=failure)
    return DocumentReport(judged[0], digest, at, (judged[1].report(),))


def _examine_ofd(
    data: bytes, digest: bytes, anchors: Anchors, evidence: Evidence, at: datetime, *, strict: bool
) -> DocumentReport:
    try:
        package = open_package(data, strict=strict)
        bodies = read_bodies(package)
    except (PackageMalformed, DocumentMalformed, XmlRefused) as wrong:
        return DocumentReport("ofd", digest, at, failure=(*_BROKEN, str(wrong)))
    if has_evidence(package):
        evidence = evidence.joined(bundles.decode(package.members[EVIDENCE]))
    case = Case.open(anchors, evidence, at, strict=strict)
    shown = reach(package)
    remarks = set(package.remarks) | shown.remarks
    documents, failure = [], None
    for body in bodies:
        document = _document(package, body)
        remarks |= body.remarks if document is None else document.remarks
        found = read_signatures(package, body)
        if found is None:
            if body.signature_list is not None:
                failure = (*_BROKEN, f"the signature list {body.signature_list!r} is named, but missing")
            continue
        remarks |= found.remarks
        if not found.readable:
            failure = (*_BROKEN, f"the signature list {found.path} cannot be read")
        documents.append((document, found))
    opened = Opened(package, shown, tuple(documents))
    if unsigned_members(package, shown, opened.lists) and any(one.signatures for one in opened.lists):
        remarks.add("unsigned-member")
    listed = integrity_list.remark(package, case)
    if listed is not None:
        remarks.add(listed)
    return DocumentReport("ofd", digest, at, judge_signatures(opened, case), failure, frozenset(remarks))


def _document(package: Package, body: Body) -> Document | None:
    try:
        return read_document(package, body)
    except (DocumentMalformed, XmlRefused):
        return None
