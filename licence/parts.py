"""The actions of the licence service, put together on one floor: for the plug-in, the commands and the seeds."""

from licence.making import MakeLicences
from licence.own_registry import OwnRegistry
from licence.storage.licences import Secrets
from licence.usecases.entitle_issuer import EntitleIssuer
from licence.usecases.issue_licences import IssueLicences
from licence.usecases.register_type import RegisterType
from seal.api import Stamper
from trust.plugin import Floor
from trust.publishing import publisher


def stamper(floor: Floor) -> Stamper:
    """Return the front door of seals."""
    return floor.front("seal", Stamper)  # type: ignore[type-abstract]


def issue_licences(floor: Floor) -> IssueLicences:
    """Return what issues licences."""
    registry = OwnRegistry(floor.database.reading, floor.objects, floor.clock, lambda: publisher(floor).root())
    return IssueLicences(
        reading=floor.database.reading,
        new_work=floor.new_work,
        make=MakeLicences(stamper(floor), registry, floor.clock),
        objects=floor.objects,
        clock=floor.clock,
        secrets=Secrets.of(floor.keys),
    )


def register_type(floor: Floor) -> RegisterType:
    """Return what registers licence types."""
    return RegisterType(floor.new_work, floor.clock)


def entitle_issuer(floor: Floor) -> EntitleIssuer:
    """Return what proposes entitlements for our registry."""
    return EntitleIssuer(floor.new_work, floor.clock)
