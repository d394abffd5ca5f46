"""A licence as we keep it, and the state it is in."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from licence.formats.metadata import Metadata


class LicenceState(Enum):
    """Where in its life a licence is; its expiry is no state, for it follows from the dates."""

    VALID = "valid"


@dataclass(frozen=True, slots=True)
class Licence:
    """One issued licence.

    Attributes:
        id: ours.
        metadata: all it says.
        type_version: the version of its type that it was issued by.
        single: whether its holder may have one valid licence of the type at most.
        sealed_at: the instant its time stamp proves.
        address: its file in the object store.
    """

    id: str
    metadata: Metadata = field(repr=False)
    type_version: int
    single: bool
    sealed_at: datetime
    issued_at: datetime
    address: str
    state: LicenceState = LicenceState.VALID
