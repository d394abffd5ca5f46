"""An authority in memory, with the certificates, lists and time stamps of a real one, for tests of the services above."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from certs import builder, oids, profile, timestamp_issue
from certs.builder import Issuer, Plan
from certs.certificate import Certificate
from certs.crl import Revocation
from certs.sm import sm3
from certs.timestamp_issue import Statement
from certs.timestamp_request import MessageImprint, TimeStampRequest
from pki.api import Evidence, Issued, IssueOrder, Outcome, RevokeOrder, StampedTime
from pki.errors import AlreadyRevoked, CertificateMissing
from tests.support.hierarchy import Hierarchy, crl_url, province
from trust.clock import Clock
from trust.errors import Kind, TrustError
from trust.values.principal import Principal


class OutOfOrder(TrustError):
    """The authority does not answer, because a test told it not to."""

    kind, code = Kind.UNAVAILABLE, "out-of-order"


@dataclass
class MemoryAuthority:
    """Issues below the seal authority of a declared province; every order is remembered."""

    clock: Clock
    members: Hierarchy = field(default_factory=province)
    issued: dict[str, Certificate] = field(default_factory=dict)
    revoked: list[Revocation] = field(default_factory=list)
    broken: bool = False
    serial: int = 0

    def issue(self, order: IssueOrder, by: Principal) -> Issued:
        del by
        self._insist()
        above = self.members["seal_ca"]
        if order.idempotency_key not in self.issued:
            order.request.verify_possession()
            shape = profile.PROFILES[order.profile]
            start, end = shape.validity(self.clock.now(), order.life)
            self.serial += 1
            plan = Plan(
                profile=shape,
                serial=builder.serial_number(sm3.digest(str(self.serial).encode())[:16]),
                issuer=Issuer.of(above.certificate),
                subject=order.request.subject,
                public_key=order.request.public_key,
                not_before=start,
                not_after=min(end, above.certificate.not_after),
                crl_urls=(crl_url("seal_ca"),),
            )
            tbs = builder.build(plan)
            self.issued[order.idempotency_key] = builder.finish(tbs, above.signer.sign(tbs))
        return Issued(self.issued[order.idempotency_key], self.members.certificates("seal_ca", "root"))

    def issue_all(self, orders: Sequence[IssueOrder], by: Principal) -> tuple[Outcome, ...]:
        return tuple(self.issue(order, by) for order in orders)

    def revoke(self, order: RevokeOrder, by: Principal) -> None:
        del by
        self._insist()
        if any(one.serial == order.certificate.serial for one in self.revoked):
            raise AlreadyRevoked(str(order.certificate.serial))
        self.revoked.append(Revocation(order.certificate.serial, self.clock.now(), order.reason))

    def timestamp(self, value: bytes) -> StampedTime:
        self._insist()
        self.serial += 1
        member, at = self.members["tsa"], self.clock.now()
        request = TimeStampRequest(MessageImprint(oids.SM3, sm3.digest(value)), certificate_wanted=True)
        statement = Statement(oids.POLICY_TIME_STAMP, self.serial, at, timedelta(seconds=1))
        token = timestamp_issue.build(request, statement, member.signer, member.certificate)
        return StampedTime(token, at, self.serial)

    def timestamp_all(self, values: Sequence[bytes]) -> tuple[StampedTime, ...]:
        return tuple(self.timestamp(value) for value in values)

    def stamper(self) -> Certificate:
        return self.members["tsa"].certificate

    def evidence(self, certificate: Certificate) -> Evidence:
        names = {"seal_ca": ("seal_ca", "root"), "service_ca": ("service_ca", "root")}
        for authority, chain in names.items():
            if certificate.issuer == self.members[authority].certificate.subject:
                now = self.clock.now()
                lists = (
                    self.members.crl(
                        authority,
                        self.revoked if authority == "seal_ca" else (),
                        url=crl_url(authority),
                        this_update=now,
                    ),
                    self.members.crl("root", url=crl_url("root"), this_update=now),
                )
                return Evidence(self.members.certificates(*chain), tuple(one.der for one in lists))
        raise CertificateMissing(str(certificate.subject))

    def authorities(self) -> Iterable[Certificate]:
        return self.members.certificates("root", "seal_ca", "service_ca")

    def _insist(self) -> None:
        if self.broken:
            raise OutOfOrder("told to be")
