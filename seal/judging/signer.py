"""How the signer's certificate stands: chain, dates, usage and revocation at the instant that decides.

Standard:
    GB/T 38540-2020 section 7.3 (steps 5 and 6); ETSI EN 319 102-1 section 5.2.6.
"""

from collections.abc import Iterator
from typing import Final

from certs.certificate import Certificate
from certs.errors import ChainFault
from seal.judging.signing_time import SigningTime
from trust.recognition.registry import Purpose

_CODES: Final = {
    ChainFault.NOT_YET_VALID: "not-yet-valid",
    ChainFault.EXPIRED: "expired-at-signing",
    ChainFault.USAGE: "usage",
    ChainFault.CHAIN_BROKEN: "chain-broken",
    ChainFault.NO_ANCHOR: "no-anchor",
}


def certificate_reasons(certificate: Certificate, time: SigningTime) -> Iterator[tuple[str, str]]:
    """Yield the reasons of the finding `certificate`.

    Without a claimed or proven instant the judgement's own instant decides; a certificate that has ended by then may
    have been good when it signed, so that stays open.
    """
    case = time.case
    standing = case.standing(certificate, Purpose.SEAL_SIGNING, time.decides)
    dated = time.proven or time.times.claimed is not None
    for fault in standing.faults:
        code = _CODES[fault]
        if fault is ChainFault.EXPIRED and not dated:
            code = "expired-since-signing"
        yield code, standing.detail
    if standing.revoked_since is not None:
        yield "revoked", f"revoked since {standing.revoked_since:%Y-%m-%d %H:%M:%SZ}"
    elif standing.status_unknown:
        yield "no-revocation-information", "the chain names revocation lists, and none at hand answers"
    if not time.proven and dated:
        yield from _since(certificate, time)


def _since(certificate: Certificate, time: SigningTime) -> Iterator[tuple[str, str]]:
    """What has happened since an instant that nobody proves."""
    case = time.case
    if certificate.not_before <= time.decides and certificate.not_after < case.at.replace(microsecond=0):
        yield "expired-since-signing", "the certificate has ended since the time claimed"
    now = case.standing(certificate, Purpose.SEAL_SIGNING, case.at)
    if now.revoked_since is not None and now.revoked_since > time.decides:
        yield "revoked-unknown-order", "revoked since, and nothing proves that the signature came first"
