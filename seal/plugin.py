"""Offers the seal service to the host; loading it is cheap, building it is not."""

from trust.plugin import Floor, Plugin, Service
from trust.readiness import Check


def build(floor: Floor) -> Service:
    """Build the service on a floor that holds the authority's front door."""
    from seal import parts
    from seal.usecases.change_seal import REVOKE
    from seal.usecases.resolve_stampings import ResolveStampings
    from seal.usecases.revoke_sealer import RevokeSealer
    from seal.usecases.stamp_documents import RESOLVE

    return Service(
        api=parts.stamper(floor),
        handlers={
            RESOLVE: ResolveStampings(floor.new_work, floor.clock),
            REVOKE: RevokeSealer(floor.database.reading, floor.new_work, parts.authority(floor)),
        },
        checks=(Check("seal-maker", lambda: _check_maker(floor)),),
    )


plugin = Plugin("seal", zh="电子印章", en="electronic seals", build=build, needs=("pki",))


def _check_maker(floor: Floor) -> str:
    """Tell whether the key ring still holds the key of the present seal maker."""
    from certs import certificate
    from seal.storage.seals import Seals

    with floor.database.reading() as db:
        maker = Seals(db).find_maker()
    if maker is None:
        return "no seal made yet"
    if floor.keys.public(maker.key) != certificate.read(maker.certificate).public_key:
        raise LookupError("the seal maker's key is not the one its certificate names")
    return maker.fingerprint[:16]
