"""Whether a body may issue a type of licence for an area at an instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from trust.recognition.anchors import Anchors
from trust.recognition.registry import Entitlement, Entry, Registry, Status
from trust.values.credit_code import CreditCode
from trust.values.region import Area


@dataclass(frozen=True, slots=True)
class Entitled:
    """Yes: this entry of this registry says so."""

    registry: Registry
    entry: Entry
    entitlement: Entitlement


class Refusal(Enum):
    """Why not, in the words of the verification report, the nearest to a yes last."""

    ISSUER_UNKNOWN = "issuer-unknown"  # no registry here knows the body as an issuer
    NOT_ENTITLED = "not-entitled"  # it issues other types, or is suspended
    OUTSIDE_AREA = "outside-area"  # it issues this type elsewhere
    ENTITLEMENT_NOT_YET = "entitlement-not-yet"
    ENTITLEMENT_ENDED = "entitlement-ended"


@dataclass(frozen=True, slots=True)
class NotEntitled:
    """No, or in the case of an unknown issuer: cannot tell from here."""

    reason: Refusal
    entry: Entry | None = None


def entitled(anchors: Anchors, body: CreditCode, licence_type: str, area: Area, at: datetime) -> Entitled | NotEntitled:
    """Look up whether a body was entitled at an instant.

    A registry cannot entitle anybody for an area outside its region, so a yes always comes from a region that speaks
    about the area. Several reasons against: the one nearest to a yes is told.

    Args:
        anchors: whom we accept.
        body: the issuing body.
        licence_type: the 21 characters of the licence type.
        area: the area of the licence.
        at: the proven instant of sealing.
    """
    nearest = NotEntitled(Refusal.ISSUER_UNKNOWN)
    order = list(Refusal)
    for registry in anchors.registries:
        for entry in registry.issuers(body):
            for answer in _answers(registry, entry, licence_type, area, at):
                if isinstance(answer, Entitled):
                    return answer
                if order.index(answer.reason) > order.index(nearest.reason):
                    nearest = answer
    return nearest


def _answers(
    registry: Registry, entry: Entry, licence_type: str, area: Area, at: datetime
) -> Iterator[Entitled | NotEntitled]:
    yield NotEntitled(Refusal.NOT_ENTITLED, entry)
    for entitlement in entry.entitlements:
        if entitlement.licence_type != licence_type:
            continue
        if not entitlement.area.covers(area):
            yield NotEntitled(Refusal.OUTSIDE_AREA, entry)
            continue
        standing = entry.standing_at(at)
        if standing is None or at < entitlement.start:
            yield NotEntitled(Refusal.ENTITLEMENT_NOT_YET, entry)
        elif standing.status is Status.WITHDRAWN or (entitlement.end is not None and entitlement.end <= at):
            yield NotEntitled(Refusal.ENTITLEMENT_ENDED, entry)
        elif standing.status is Status.GRANTED:
            yield Entitled(registry, entry, entitlement)
