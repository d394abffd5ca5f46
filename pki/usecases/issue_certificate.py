"""Issue certificates: requests become wanted certificates, and the desk carries them to their end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certs import profile
from certs.certificate import Certificate
from certs.errors import CertsError
from certs.profile import Profile
from pki.api import Issued, IssueOrder, Outcome
from pki.desk import IssuingDesk, Result
from pki.errors import AuthorityMissing, OrderRefused, ProfileNotIssued
from pki.model.authority import CertificateAuthority, chain
from pki.model.issuance import Above, Wanted
from pki.storage.directory import Directory
from trust.errors import TrustError
from trust.values.principal import Principal

MAX_IDEMPOTENCY_KEY = 200


@dataclass(frozen=True, slots=True)
class IssueCertificate:
    """Issue a group of certificates; each order has its own outcome."""

    directory: Directory
    desk: IssuingDesk

    def __call__(self, orders: Sequence[IssueOrder], by: Principal) -> tuple[Outcome, ...]:
        # 1. Who would sign, and does each request prove that its key is held.
        known = self.directory.authorities()
        wanted = list(self.desk.each(lambda order: _wanted(order, known), orders))

        # 2. The desk records, signs, looks and records.
        results = iter(self.desk.issue([one for one in wanted if isinstance(one, Wanted)], str(by)))
        return tuple(
            _outcome(next(results), one.above.name, known) if isinstance(one, Wanted) else one for one in wanted
        )


def _wanted(order: IssueOrder, known: Mapping[str, CertificateAuthority]) -> Wanted | TrustError | CertsError:
    try:
        if not 1 <= len(order.idempotency_key) <= MAX_IDEMPOTENCY_KEY:
            raise OrderRefused(f"an idempotency key has 1 to {MAX_IDEMPOTENCY_KEY} characters")
        shape = profile.by_id(order.profile)
        above = _above(shape, known)
        order.request.verify_possession()
        subject, key = order.request.subject, order.request.public_key
        return Wanted(above, shape, subject, key, order.idempotency_key, order.life)
    except CertsError as wrong:
        refused = OrderRefused(f"{wrong.code}: {wrong}")
        refused.__cause__ = wrong
        return refused
    except TrustError as wrong:
        return wrong


def _above(shape: Profile, known: Mapping[str, CertificateAuthority]) -> Above:
    """Return the authority that issues a profile; authorities themselves come from the ceremony alone."""
    if shape.authority is not None:
        raise ProfileNotIssued("authorities are certified in the ceremony alone")
    for one in known.values():
        if shape.id in one.profiles:
            return Above(one.name, one.key, one.certificate, one.shards)
    raise AuthorityMissing(f"no authority here issues certificates of the profile {shape.id}")


def _outcome(result: Result, above: str, known: Mapping[str, CertificateAuthority]) -> Outcome:
    return Issued(result, chain(above, known)) if isinstance(result, Certificate) else result
