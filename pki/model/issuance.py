"""One certificate from the order to the result: drafted, intended, then issued or abandoned.

Standard:
    RFC 5280 section 4; GM/T 0034-2014 (a certificate that was signed is never forgotten).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from cryptography import x509

from certs import builder, lint
from certs.builder import Issuer, Plan
from certs.certificate import Certificate
from certs.errors import CertsError
from certs.keys import PublicKey
from certs.lint import Circumstances
from certs.name import Name
from certs.profile import Profile
from certs.sm import sm3
from pki.errors import IssuedWrong, OrderRefused
from pki.model.shards import Addresses, shard_of

ABANDONED_AFTER: Final = timedelta(seconds=60)


class State(Enum):
    """How far a certificate came."""

    INTENDED = "intended"  # its bytes are recorded and may have been signed
    ISSUED = "issued"
    ABANDONED = "abandoned"  # never handed out; its serial is revoked, because a signature may exist


@dataclass(frozen=True, slots=True)
class Above:
    """Who signs: an authority, or a root that signs itself and has no certificate yet."""

    name: str
    key: str
    certificate: Certificate | None
    shards: int = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one order comes to, once its request has proven possession.

    Attributes:
        idempotency_key: the requester's own, unique for each requester.
        life: None for as long as profile and issuer allow.
    """

    above: Above
    profile: Profile
    subject: Name
    public_key: PublicKey
    idempotency_key: str
    life: timedelta | None = None

    @property
    def digest(self) -> str:
        """What makes two orders the same; a request signed anew is still the same order."""
        life = "" if self.life is None else str(int(self.life.total_seconds()))
        head = f"{self.above.name}\0{self.profile.id}\0{life}\0".encode()
        return sm3.digest(head + self.subject.der + self.public_key.spki).hex()


@dataclass(frozen=True, slots=True)
class Draft:
    """A certificate as it will be signed, before anybody signed it."""

    wanted: Wanted
    serial: int
    shard: int
    tbs: bytes
    looked_at: Certificate
    at: datetime


def draft(wanted: Wanted, random_octets: bytes, addresses: Addresses, at: datetime) -> Draft:
    """Draft the certificate of an order and refuse it unless it may be issued.

    Raises:
        OrderRefused: it breaks a rule; the message names it.
    """
    above, shape = wanted.above, wanted.profile
    serial = builder.serial_number(random_octets)
    shard = shard_of(serial, above.shards)
    not_before, not_after = shape.validity(at, wanted.life)
    crl_urls: tuple[str, ...] = ()
    issuer_urls: tuple[str, ...] = ()
    if above.certificate is None:
        issuer = Issuer.itself(wanted.subject, wanted.public_key)
    else:
        issuer = Issuer.of(above.certificate)
        crl_urls = (addresses.revocation_list(above.name, shard),)
        issuer_urls = (addresses.certificate(above.name),)
        if wanted.life is None:
            not_after = min(not_after, above.certificate.not_after)
    tbs = builder.build(
        Plan(
            profile=shape,
            serial=serial,
            issuer=issuer,
            subject=wanted.subject,
            public_key=wanted.public_key,
            not_before=not_before,
            not_after=not_after,
            crl_urls=crl_urls,
            issuer_urls=issuer_urls,
        )
    )
    try:
        looked_at = builder.draft(tbs)
        lint.require(looked_at, Circumstances(shape, above.certificate))
    except CertsError as refused:
        raise OrderRefused(str(refused)) from refused
    return Draft(wanted, serial, shard, tbs, looked_at, at)


def permit(draft: Draft, key_holder: Name | None, look_alike: Name | None) -> None:
    """Refuse a draft for what is already issued to others.

    Raises:
        OrderRefused: its key is another holder's, or its subject reads like another's.
    """
    try:
        lint.require(
            draft.looked_at,
            Circumstances(draft.wanted.profile, draft.wanted.above.certificate, key_holder, look_alike),
            lint.AMONG_OTHERS,
        )
    except CertsError as refused:
        raise OrderRefused(str(refused)) from refused


def finish(draft: Draft, signature: bytes) -> Certificate:
    """Join the signature and look at the result as strangers will: three readers, the rules, the issuer's key.

    Raises:
        IssuedWrong: any of them objects; the certificate must not leave.
    """
    above = draft.wanted.above.certificate
    try:
        result = builder.finish(draft.tbs, signature)
        lint.require(result, Circumstances(draft.wanted.profile, above))
        result.verify_signed_by(draft.wanted.public_key if above is None else above.public_key)
    except CertsError as wrong:
        raise IssuedWrong(str(wrong)) from wrong
    if x509.load_der_x509_certificate(result.der).tbs_certificate_bytes != draft.tbs:
        raise IssuedWrong("an independent parser reads another certificate")
    return result
