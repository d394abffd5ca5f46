"""The authority in this process: its front door over its own use cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from certs import oids
from certs.certificate import Certificate
from certs.sm import sm3
from certs.timestamp_request import MessageImprint, TimeStampRequest
from pki.api import Evidence, Issued, IssueOrder, Outcome, RevokeOrder, StampedTime
from pki.errors import CertificateMissing, ListMissing
from pki.model.authority import CertificateAuthority, chain
from pki.storage.certificates import Certificates
from pki.storage.directory import Directory
from pki.storage.lists import Lists
from pki.usecases.issue_certificate import IssueCertificate
from pki.usecases.publish_list import PublishList
from pki.usecases.revoke_certificate import RevokeCertificate
from pki.usecases.stamp_time import StampTime
from trust.keys.errors import KeyMissing
from trust.storage.objects import ObjectStore
from trust.values.principal import Principal

IN_PROCESS = "service local"


@dataclass(frozen=True, slots=True)
class LocalAuthority:
    """Issues, revokes and stamps in process."""

    directory: Directory
    objects: ObjectStore
    issuing: IssueCertificate
    revoking: RevokeCertificate
    stamping: StampTime
    publishing: PublishList

    def issue(self, order: IssueOrder, by: Principal) -> Issued:
        (outcome,) = self.issuing([order], by)
        if isinstance(outcome, Issued):
            return outcome
        raise outcome

    def issue_all(self, orders: Sequence[IssueOrder], by: Principal) -> tuple[Outcome, ...]:
        return self.issuing(orders, by)

    def revoke(self, order: RevokeOrder, by: Principal) -> None:
        self.revoking(order, by)

    def timestamp(self, value: bytes) -> StampedTime:
        (stamped,) = self.timestamp_all([value])
        return stamped

    def timestamp_all(self, values: Sequence[bytes]) -> tuple[StampedTime, ...]:
        return self.stamp(values, IN_PROCESS)

    def stamp(self, values: Sequence[bytes], by: str) -> tuple[StampedTime, ...]:
        """Stamp values in the name of whoever asks, which the journal keeps."""
        requests = [
            TimeStampRequest(MessageImprint(oids.SM3, sm3.digest(value)), certificate_wanted=True) for value in values
        ]
        return self.stamping(requests, by)

    def stamper(self) -> Certificate:
        return self.directory.stamper().certificate

    def authorities(self) -> Iterable[Certificate]:
        return tuple(one.certificate for one in self.directory.authorities().values())

    def evidence(self, certificate: Certificate) -> Evidence:
        above = self._issuer(certificate)
        known = self.directory.authorities()
        lists = [self._list(above, certificate.serial)]
        name = above.name
        while (parent := known[name].above) is not None:
            lists.append(self._list(known[parent], known[name].certificate.serial))
            name = parent
        return Evidence(chain(above.name, known), tuple(dict.fromkeys(lists)))

    def _issuer(self, certificate: Certificate) -> CertificateAuthority:
        for one in self.directory.authorities().values():
            if one.certificate.subject == certificate.issuer and one.certificate != certificate:
                return one
        raise CertificateMissing(f"no certificate {certificate.serial:x} was issued here")

    def _list(self, authority: CertificateAuthority, serial: int) -> bytes:
        """Return the newest list that speaks for a serial of an authority; one that has run out is published anew.

        A server renews lists on time. A home that only commands open may lie still for weeks, and what it seals then must
        carry a list that speaks for that day.
        """
        with self.directory.database.reading() as db:
            found = Certificates(db).find(authority.name, serial)
            if found is None:
                raise CertificateMissing(f"no certificate {serial:x} was issued here")
            shard = found[0].shard
            newest = Lists(db).newest(authority.name, shard)
        if newest is None or newest.next_update <= self.publishing.time.now():
            try:
                newest = self.publishing(authority.name, shard, IN_PROCESS)
            except KeyMissing as elsewhere:
                raise ListMissing(
                    f"the list {authority.name}/{shard} is missing or too old; publish it where its key is kept"
                ) from elsewhere
        return self.objects.get(newest.address)
