"""A declared test PKI: a few lines name authorities and leaves, and any of them can be given any defect.

    pki = declare(root=authority(), ca=authority("root", path_length=0), maker=leaf("ca", SEAL_MAKER))
    pki["maker"].certificate

Keys come from the names, so the same declaration gives the same keys on every run.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from certs import builder, certificate, crl, der, der_writer, extensions, name, oids, profile, signed
from certs.builder import Issuer, Plan
from certs.certificate import Certificate
from certs.crl import CertificateList, Covers, Revocation
from certs.der import reading
from certs.extensions import BasicConstraints, Extension
from certs.keys import PrivateKey
from certs.name import Name
from certs.profile import Profile
from certs.signer import Signer, SoftwareSigner
from certs.sm import sm3
from certs.sm.sm2 import Sm2PrivateKey

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entity:
    """One declared certificate; every field left alone gives a good one."""

    under: str = ""  # the issuer's name in the declaration; none: self-signed
    profile: Profile = profile.ROOT
    subject: Name | None = None
    issuer: Name | None = None  # the name written, if not the issuer's
    serial: int | None = None
    not_before: datetime = BEGAN
    not_after: datetime | None = None
    key: str = ""  # whose key it certifies, if not its own
    signed_by: str = ""  # whose key signs, if not the issuer's
    crl_urls: tuple[str, ...] | None = None
    changed: Mapping[str, Extension | None] = field(default_factory=dict)  # None takes an extension away
    added: tuple[Extension, ...] = ()
    inner_algorithm: bytes | None = None
    outer_algorithm: bytes | None = None
    rewrite: Callable[[bytes], bytes] | None = None  # what is signed, just before it is
    flip_signature: bool = False


@dataclass(frozen=True)
class Member:
    """A certificate and the key that goes with it."""

    certificate: Certificate
    signer: Signer


class Hierarchy(dict[str, Member]):
    """The declared members by name."""

    def certificates(self, *names: str) -> tuple[Certificate, ...]:
        """Return the certificates of these members, or of all."""
        return tuple(self[one].certificate for one in names or self)

    def crl(
        self,
        issuer: str,
        entries: Iterable[Revocation] = (),
        *,
        url: str | None = None,
        covers: Covers = Covers.ALL,
        this_update: datetime = NOW - timedelta(hours=1),
        next_update: datetime | None = None,
        number: int = 1,
        expired_since: datetime | None = None,
        signed_by: str = "",
    ) -> CertificateList:
        """Make a list of revoked certificates of one of the authorities."""
        above = self[issuer].certificate
        plan = crl.Plan(
            issuer=Issuer.of(above),
            number=number,
            this_update=this_update,
            next_update=next_update or this_update + timedelta(days=7),
            entries=entries,
            url=url,
            covers=covers,
            expired_since=expired_since,
        )
        tbs = crl.build(plan)
        return crl.finish(tbs, self[signed_by or issuer].signer.sign(tbs))


def authority(under: str = "", *, path_length: int | None = None, **changes: object) -> Entity:
    """Declare an authority; without one above it, a root."""
    base = profile.ISSUING_CA if under else profile.ROOT
    shape = replace(base, authority=BasicConstraints(ca=True, path_length=path_length), policies=())
    return replace(Entity(under, shape), **changes)  # type: ignore[arg-type]


def leaf(under: str, shape: Profile = profile.SEAL_MAKER, **changes: object) -> Entity:
    """Declare a leaf of a profile."""
    return replace(Entity(under, shape), **changes)  # type: ignore[arg-type]


def declare(**entities: Entity) -> Hierarchy:
    """Build what is declared, each after the one above it."""
    made = Hierarchy()
    for own_name, entity in entities.items():
        made[own_name] = _make(own_name, entity, made)
    return made


def province() -> Hierarchy:
    """Return a good hierarchy as the ceremony makes one: root, seal and service authority, and a leaf of each kind."""
    organisation = (oids.ORGANISATION, "11440000006939748G示例省示例局")
    return declare(
        root=authority(path_length=2),
        seal_ca=authority("root", path_length=0),
        service_ca=authority("root", path_length=0),
        maker=leaf("seal_ca", profile.SEAL_MAKER),
        sealer=leaf(
            "seal_ca",
            profile.SEALER,
            subject=name.build([(oids.COUNTRY, "CN"), organisation, (oids.COMMON_NAME, "44000000000017")]),
        ),
        person=leaf("seal_ca", profile.PERSON),
        tsa=leaf("service_ca", profile.TIME_STAMP_AUTHORITY),
        registry=leaf("service_ca", profile.REGISTRY_KEY),
    )


def crl_url(issuer: str) -> str:
    """Return where the lists of a declared authority are said to be."""
    return f"http://crl.example/{issuer}.crl"


@lru_cache(maxsize=256)
def signer(own_name: str) -> Signer:
    """Return the key of a name: always the same."""
    scalar = sm3.digest(b"test key of " + own_name.encode())
    return SoftwareSigner(PrivateKey(Sm2PrivateKey.from_scalar(bytes([scalar[0] & 0x7F]) + scalar[1:])))


def _make(own_name: str, entity: Entity, made: Hierarchy) -> Member:
    own = signer(entity.key or own_name)
    subject = entity.subject or name.build(
        [(oids.COUNTRY, "CN"), (oids.ORGANISATION, "测试"), (oids.COMMON_NAME, own_name)]
    )
    if entity.under:
        above = Issuer.of(made[entity.under].certificate)
        signing = made[entity.under].signer
    else:
        above, signing = Issuer.itself(subject, own.public_key), own
    plan = Plan(
        profile=entity.profile,
        serial=entity.serial or builder.serial_number(sm3.digest(own_name.encode())[:16]),
        issuer=replace(above, name=entity.issuer or above.name),
        subject=subject,
        public_key=own.public_key,
        not_before=entity.not_before,
        not_after=entity.not_after or entity.not_before + timedelta(days=1500 if entity.profile.authority else 700),
        crl_urls=((crl_url(entity.under),) if entity.under else ()) if entity.crl_urls is None else entity.crl_urls,
    )
    tbs = _changed(builder.build(plan), entity)
    signature = (signer(entity.signed_by) if entity.signed_by else signing).sign(tbs)
    if entity.flip_signature:
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    if entity.outer_algorithm is not None:
        encoded = der_writer.sequence(tbs, entity.outer_algorithm, der_writer.bit_string(signature))
    else:
        encoded = signed.finish(tbs, oids.SM2_WITH_SM3, signature)
    return Member(_tolerant(encoded), own)


def _tolerant(encoded: bytes) -> Certificate:
    try:
        return certificate.decode(encoded)
    except Exception:  # noqa: BLE001 - the defect is the point; a reader that refuses it raises here
        return certificate.read(encoded)


def _changed(tbs: bytes, entity: Entity) -> bytes:
    """Apply the declared changes to what is about to be signed."""
    if entity.changed or entity.added or entity.inner_algorithm is not None:
        with reading(tbs) as whole, whole.inside() as fields:
            version, serial, algorithm = fields.raw(), fields.raw(), fields.raw()
            rest = b"".join(fields.raw() for _ in range(4))
            with fields.inside(der.context(3)) as field_, field_.inside() as items:
                found = [extensions.take(item) for item in items.each()]
        kept = [entity.changed.get(one.oid, one) for one in found]
        new = [one for oid, one in entity.changed.items() if oid not in {old.oid for old in found}]
        all_ = [one for one in (*kept, *new, *entity.added) if one is not None]
        run = der_writer.sequence(*(extensions.encode(one.oid, one.value, critical=one.critical) for one in all_))
        inner = algorithm if entity.inner_algorithm is None else entity.inner_algorithm
        tbs = der_writer.sequence(version, serial, inner, rest, der_writer.explicit(3, run))
    return tbs if entity.rewrite is None else entity.rewrite(tbs)
