"""What a certificate for a purpose looks like: usages, constraints, purposes, policies and how long it may live.

One purpose per certificate, one profile per purpose. A profile holds no name and no key; `certs/builder.py` joins it
with those, and `certs/lint.py` refuses what departs from it.

Standard:
    RFC 5280 section 4.2; RFC 3161 section 2.3 (time-stamp authority); RFC 9336 (document signing);
    GB/T 20518-2018 (key usages of signature certificates and authorities).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from certs import oids
from certs.errors import UnknownProfile
from certs.extensions import BasicConstraints, KeyUsage

CLOCK_SKEW: Final = timedelta(minutes=5)
_DAY: Final = timedelta(days=1)
_YEAR: Final = 365 * _DAY
_SECOND: Final = timedelta(seconds=1)
_SIGN: Final = frozenset({KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION})
_CERTIFY: Final = frozenset({KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN})


@dataclass(frozen=True, slots=True)
class Profile:
    """The shape of a certificate for one purpose.

    Attributes:
        id: how settings and tables name it.
        key_usage: the bits of KeyUsage, always critical.
        longest_life: beyond which no certificate of this kind may live.
        authority: BasicConstraints of an authority, or None for a leaf.
        self_signed: whether it is its own issuer.
        purposes: the extended key usages, empty where there are none.
        purposes_critical: whether a reader that does not know them must refuse.
        policies: the certificate policies.
        key_life: how long the private key is used, where shorter than the certificate lives.
    """

    id: str
    key_usage: frozenset[KeyUsage]
    longest_life: timedelta
    authority: BasicConstraints | None = None
    self_signed: bool = False
    purposes: tuple[str, ...] = ()
    purposes_critical: bool = False
    policies: tuple[str, ...] = ()
    key_life: timedelta | None = None

    def validity(self, at: datetime, life: timedelta | None = None) -> tuple[datetime, datetime]:
        """Return the first and last second of a life that begins now, five minutes back for clocks that are slow.

        The last second belongs to the life, so a life of a day ends one second before a day is over.
        """
        not_before = at.replace(microsecond=0) - CLOCK_SKEW
        return not_before, not_before + (life or self.longest_life) - _SECOND


ROOT: Final = Profile(
    "root", _CERTIFY, 25 * _YEAR, authority=BasicConstraints(ca=True, path_length=2), self_signed=True
)
ISSUING_CA: Final = Profile(
    "issuing-ca",
    _CERTIFY,
    10 * _YEAR,
    authority=BasicConstraints(ca=True, path_length=0),
    policies=(oids.ANY_POLICY,),
)
SEAL_MAKER: Final = Profile(
    "seal-maker", _SIGN, 5 * _YEAR, purposes=(oids.DOCUMENT_SIGNING,), policies=(oids.POLICY_SEAL_MAKER,)
)
SEALER: Final = Profile("sealer", _SIGN, 3 * _YEAR, purposes=(oids.DOCUMENT_SIGNING,), policies=(oids.POLICY_SEALER,))
PERSON: Final = Profile("person", _SIGN, 2 * _YEAR, purposes=(oids.DOCUMENT_SIGNING,), policies=(oids.POLICY_PERSON,))
TIME_STAMP_AUTHORITY: Final = Profile(
    "time-stamp-authority",
    _SIGN,
    10 * _YEAR,
    purposes=(oids.TIME_STAMPING,),
    purposes_critical=True,
    policies=(oids.POLICY_TIME_STAMP,),
    key_life=_YEAR,
)


def _service_key(identifier: str, purpose: str) -> Profile:
    """Return the profile of a key that signs one kind of list, and nothing that people read."""
    usage = frozenset({KeyUsage.DIGITAL_SIGNATURE})
    return Profile(identifier, usage, 2 * _YEAR, purposes=(purpose,), purposes_critical=True)


REGISTRY_KEY: Final = _service_key("registry-key", oids.PURPOSE_REGISTRY)
LOG_KEY: Final = _service_key("log-key", oids.PURPOSE_LOG_HEAD)
STATUS_KEY: Final = _service_key("status-key", oids.PURPOSE_STATUS_LIST)

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        one.id: one
        for one in (
            ROOT,
            ISSUING_CA,
            SEAL_MAKER,
            SEALER,
            PERSON,
            TIME_STAMP_AUTHORITY,
            REGISTRY_KEY,
            LOG_KEY,
            STATUS_KEY,
        )
    }
)


def by_id(identifier: str) -> Profile:
    """Return the profile of this name.

    Raises:
        UnknownProfile: there is none.
    """
    try:
        return PROFILES[identifier]
    except KeyError:
        raise UnknownProfile(f"no certificate profile {identifier!r}; there are {', '.join(PROFILES)}") from None
