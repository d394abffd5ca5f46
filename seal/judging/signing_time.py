"""When a signature was made: what the signer claims, what a time stamp proves, and which instant decides.

With a valid time stamp its instant decides. Without one the claimed instant decides the dates, and everything that has
ended between then and the judgement stays open, because nobody proves that the claim is not back-dated.

Standard:
    GB/T 38540-2020 section 7.3 (steps 6 and 8); ETSI EN 319 102-1 section 5.5.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from certs import timestamp
from certs.errors import CertsError, ChainFault, TimeStampInvalid
from certs.timestamp import ProvenTime, TimeStampToken
from certs.validation import Use
from seal.judging.case import Case, read_all, read_lists
from seal.report import Finding, Times, conclude
from trust.recognition.registry import Purpose


@dataclass(frozen=True, slots=True)
class SigningTime:
    """The instants of a signature and what is to be said of them.

    Attributes:
        decides: the instant at which certificates and seals are judged.
        proven: whether an accepted authority proves it.
    """

    times: Times
    finding: Finding
    decides: datetime
    case: Case  # with the proofs met inside the token

    @property
    def proven(self) -> bool:
        """Whether an accepted authority proves the deciding instant."""
        return self.times.proven is not None


class _Token(NamedTuple):
    proven: ProvenTime | None
    reasons: tuple[tuple[str, str], ...]
    case: Case


def judge_time(case: Case, claimed: datetime | None, token: bytes | None, stamped: bytes) -> SigningTime:
    """Judge the time of a signature.

    Args:
        case: whom we accept, and what is at hand.
        claimed: what the signer says.
        token: a time stamp, unverified.
        stamped: the bytes the token must be about: the signature value as it stands in its BIT STRING.
    """
    read = _Token(None, (), case) if token is None else judge_token(case, token, stamped)
    reasons = list(read.reasons)
    proven = read.proven
    if proven is None and not reasons:
        reasons.append(("claimed-only", "no time stamp"))
    if proven is not None and claimed is not None and claimed > proven.at + proven.accuracy:
        reasons.append(("time-order", "stamped before the time it claims to have been made at"))
    decides = proven.at if proven is not None else claimed if claimed is not None else case.at
    return SigningTime(Times(claimed, proven), conclude("time", reasons), decides, read.case)


def judge_token(case: Case, token: bytes, stamped: bytes) -> _Token:
    """Judge a token: what it proves if its authority is accepted, and the reasons if it proves nothing."""
    try:
        read = TimeStampToken.read(token)
        enclosed = read_all(read.signed.certificates)
        lists = read_lists(read.signed.crls)
        case = case.with_proofs(enclosed, lists)
        proven = timestamp.verify(read, stamped, certificates=case.pool)
        # What a token encloses is not signed, yet no bit of it may change unnoticed.
        if read.signed.certificates and proven.authority.der not in read.signed.certificates:
            raise TimeStampInvalid("the token encloses another certificate than the one it names")
        if len(lists) < len(set(read.signed.crls)):
            raise TimeStampInvalid("the token encloses something that is no list")
    except CertsError as wrong:
        return _Token(None, (("timestamp-invalid", str(wrong)),), case)
    standing = case.standing(proven.authority, Purpose.TIME_STAMPING, proven.at, Use.TIME_STAMP)
    if standing.good:
        return _Token(proven, (), case)
    if standing.revoked_since is not None:
        return _Token(None, (("timestamp-invalid", "the time-stamp authority's certificate was revoked"),), case)
    if standing.path is not None:
        detail = "stamped, but nothing says whether the authority's certificate was revoked"
    elif standing.faults[0] is ChainFault.NO_ANCHOR:
        detail = "stamped by an authority that is not accepted here"
    else:
        return _Token(None, (("timestamp-invalid", standing.detail),), case)
    return _Token(None, (("claimed-only", detail),), case)
