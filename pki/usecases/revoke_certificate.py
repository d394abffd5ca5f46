"""Revoke, suspend or resume one certificate, and have the list that says so published at once."""

from dataclasses import dataclass
from typing import Final

from certs.crl import Reason
from pki.api import RevokeOrder
from pki.errors import AlreadyRevoked, CertificateMissing, RevocationRefused
from pki.model.work import PUBLISH
from pki.storage.certificates import Certificates, Intent
from pki.storage.directory import Directory
from pki.storage.lists import Lists
from pki.timekeeping import Timekeeper
from trust.storage.unit_of_work import NewWork, UnitOfWork
from trust.values.principal import Principal

_REFUSED: Final = frozenset({Reason.AA_COMPROMISE})


@dataclass(frozen=True, slots=True)
class RevokeCertificate:
    """Record a revocation; whoever relies on lists sees it with the next one."""

    new_work: NewWork
    directory: Directory
    time: Timekeeper

    def __call__(self, order: RevokeOrder, by: Principal) -> None:
        at = self.time.now()
        found = order.certificate
        if order.reason in _REFUSED:
            raise RevocationRefused(f"the reason {order.reason.name.lower()} is for attribute certificates")
        if order.invalid_since is not None and not found.not_before <= order.invalid_since <= at:
            raise RevocationRefused("a key that became bad outside the time in which it was used")
        authorities = [
            one.name for one in self.directory.authorities().values() if one.certificate.subject == found.issuer
        ]
        with self.new_work() as work:
            intent = _issued(work, authorities, order)
            _revoke(work, intent, order, by, self)


def _issued(work: UnitOfWork, authorities: list[str], order: RevokeOrder) -> Intent:
    """Return the recorded certificate, byte for byte the one in the order."""
    for name in authorities:
        found = Certificates(work.db).find(name, order.certificate.serial, lock=True)
        if found is not None and found[1] == order.certificate:
            return found[0]
    raise CertificateMissing(f"no certificate {order.certificate.serial:x} was issued here")


def _revoke(work: UnitOfWork, intent: Intent, order: RevokeOrder, by: Principal, use: RevokeCertificate) -> None:
    lists, at = Lists(work.db), use.time.clock.now().replace(microsecond=0)
    known = lists.find_revocation(intent.authority, intent.serial)
    subject = f"{intent.authority}/{intent.serial:032x}"
    if order.reason is Reason.REMOVE_FROM_CRL:
        if known is None or known.reason is not Reason.CERTIFICATE_HOLD:
            raise RevocationRefused("only a suspended certificate can be resumed")
        lists.resume(intent)
        work.journal.append("certificate-resumed", subject, str(by))
    else:
        if known is not None and known.reason is order.reason:
            return  # the same again changes nothing, least of all the date
        if known is not None and known.reason is not Reason.CERTIFICATE_HOLD:
            raise AlreadyRevoked(f"revoked since {known.at:%Y-%m-%dT%H:%M:%SZ} ({known.reason.name.lower()})")
        # A hold that becomes final counts from the hold: nothing signed in between becomes good again.
        since = known.at if known is not None else at
        lists.revoke([intent], since, order.reason, order.invalid_since)
        event = "certificate-suspended" if order.reason is Reason.CERTIFICATE_HOLD else "certificate-revoked"
        work.journal.append(event, subject, str(by), {"reason": order.reason.name.lower()})
    key = f"{intent.authority}/{intent.shard}/{intent.serial:032x}/{order.reason.name.lower()}/{at:%Y%m%d%H%M%S}"
    work.jobs.put(PUBLISH, key, {"authority": intent.authority, "shard": intent.shard})
