"""The actions of the seal service, put together on one floor: for the plug-in, the commands and the seeds."""

from isal import isal_zlib

from certs import name, oids
from pki.api import Authority
from seal.local import LocalStamper
from seal.ofd.signatures_writer import Provider
from seal.own_work import OwnWork
from seal.settings import SealSettings
from seal.usecases.change_seal import ChangeSeal
from seal.usecases.make_seal import MakeSeal
from seal.usecases.sign_claims import SignClaims
from seal.usecases.stamp_documents import StampDocuments
from trust.plugin import Floor


def authority(floor: Floor) -> Authority:
    """Return the authority's front door."""
    return floor.front("pki", Authority)  # type: ignore[type-abstract]


def stamper(floor: Floor) -> LocalStamper:
    """Return what seals documents."""
    settings = SealSettings.of(floor.settings)
    stamp = StampDocuments(
        reading=floor.database.reading,
        new_work=floor.new_work,
        keys=floor.keys,
        authority=authority(floor),
        objects=floor.objects,
        clock=floor.clock,
        provider=Provider(settings.provider, settings.company, settings.version),
        own_work=OwnWork(authority(floor)),
        compress=_compress,
    )
    claims = SignClaims(floor.database.reading, floor.new_work, floor.keys, floor.clock)
    return LocalStamper(floor.database.reading, stamp, claims)


def _compress(data: bytes) -> bytes:
    """Deflate several times faster than zlib, at a few per cent more bytes."""
    return bytes(isal_zlib.compress(data, 1, -15))


def make_seal(floor: Floor) -> MakeSeal:
    """Return what makes seals."""
    settings = SealSettings.of(floor.settings)
    maker = [
        (oids.COUNTRY, "CN"),
        (oids.ORGANISATION, settings.maker_organisation),
        (oids.COMMON_NAME, settings.maker_name),
    ]
    return MakeSeal(
        reading=floor.database.reading,
        new_work=floor.new_work,
        keys=floor.keys,
        authority=authority(floor),
        clock=floor.clock,
        own_work=OwnWork(authority(floor)),
        vendor=settings.vendor,
        maker=name.build(maker),
    )


def change_seal(floor: Floor) -> ChangeSeal:
    """Return what freezes, thaws and cancels seals."""
    return ChangeSeal(floor.new_work)
