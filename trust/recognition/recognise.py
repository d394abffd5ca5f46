"""Whether a certificate is recognised for a purpose in an area, and by which entry."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from certs.certificate import Certificate
from trust.recognition.anchors import Anchors
from trust.recognition.registry import Entry, Purpose, Registry, Status
from trust.values.region import Area


@dataclass(frozen=True, slots=True)
class Recognised:
    """Yes, and why: the entry, and the registry that holds it."""

    registry: Registry
    entry: Entry

    @property
    def basis(self) -> str:
        """The document that recognises it."""
        return self.entry.basis


class Reason(Enum):
    """Why not."""

    UNKNOWN = "unknown"  # no registry that speaks about the area lists it for the purpose
    NOT_YET = "not-yet"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """No; the entry is named when there is one."""

    reason: Reason
    entry: Entry | None = None


def recognise(
    anchors: Anchors, anchor: Certificate, area: Area, purpose: Purpose, at: datetime
) -> Recognised | NotRecognised:
    """Look a certificate up as it stood at an instant.

    Args:
        anchors: whom we accept.
        anchor: the certificate in which a path ends.
        area: the area the document is about; registries of other regions do not count.
        purpose: what the certificate is used for.
        at: the instant to judge.
    """
    refusal = NotRecognised(Reason.UNKNOWN)
    for registry in anchors.covering(area).registries:
        for entry in registry.entries:
            if purpose not in entry.purposes or entry.certificate != anchor.der:
                continue
            standing = entry.standing_at(at)
            if standing is None:
                refusal = NotRecognised(Reason.NOT_YET, entry)
            elif standing.status is Status.GRANTED:
                return Recognised(registry, entry)
            else:
                refusal = NotRecognised(Reason(standing.status.value), entry)
    return refusal
