"""A mandate (授权): what a body lets somebody do for it, at which sureness, where, and until when."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Self

from idp.errors import LevelTooLow
from idp.errors_ties import MandateMalformed, MandateRefused
from trust.values.assurance import HIGHEST, Rank

MAX_ADMINISTRATORS: Final = 5
REAL_NAME: Final = Rank(2)
MAX_ITEMS: Final = 200
MAX_LIFE: Final = timedelta(days=3 * 366)
DEFAULT_LIFE: Final = timedelta(days=365)
OFFER_LIFE: Final = timedelta(days=30)
GRANTS_FROM: Final = Rank(4)  # the legal representative's sign-in
SUB_GRANTS_FROM: Final = Rank(3)  # an administrator's
_ITEM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,59}", re.ASCII)
_BODY: Final = re.compile(r"[0-9A-HJ-NP-RT-UW-Y]{18}|[0-9a-f]{32}", re.ASCII)
_REGION: Final = re.compile(r"[0-9]{6}", re.ASCII)


class MandateRole(Enum):
    """In which capacity somebody acts for a body."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    AGENT_BODY = "agent_body"  # another body, through its own people


class MandateState(Enum):
    """How far a mandate is; that it ran out follows from the time."""

    OFFERED = "offered"
    ACTIVE = "active"
    FROZEN = "frozen"  # until the new representative confirms it
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which items (事项) in which region; empty means all of them."""

    items: tuple[str, ...] = ()
    region: str = ""  # GB/T 2260

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            MandateMalformed: a code that is none, or too many.
        """
        if len(self.items) > MAX_ITEMS or not all(_ITEM.fullmatch(one) for one in self.items):
            raise MandateMalformed(f"items: up to {MAX_ITEMS} codes of up to 60 signs")
        if self.region and not _REGION.fullmatch(self.region):
            raise MandateMalformed("region: six digits, or none")

    def covers(self, other: "Scope") -> bool:
        """Whether whatever the other one allows is allowed by this one."""
        items = not self.items or (bool(other.items) and set(other.items) <= set(self.items))
        return items and other.region.startswith(_stem(self.region))

    def permits(self, item: str, region: str) -> bool:
        """Whether one item in one place is allowed."""
        return self.covers(Scope((item,), region))

    def within(self, other: "Scope") -> "Scope | None":
        """Return what both allow; None when that is nothing."""
        if self.items and other.items:
            items = tuple(one for one in self.items if one in other.items)
            if not items:
                return None
        else:
            items = self.items or other.items
        if other.region.startswith(_stem(self.region)):
            return Scope(items, other.region)
        return Scope(items, self.region) if self.region.startswith(_stem(other.region)) else None

    def encode(self) -> str:
        """Return the items as JSON."""
        return json.dumps(self.items, separators=(",", ":"))

    @classmethod
    def decode(cls, items: str, region: str) -> Self:
        """Read what `encode` wrote."""
        return cls(tuple(json.loads(items)), region)


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody offers to grant."""

    body: str
    grantee: str
    role: MandateRole
    scope: Scope = field(default_factory=Scope)
    floor: Rank = REAL_NAME  # below it nobody acts under the mandate
    cap: Rank = HIGHEST  # above it nobody is, when acting
    sub_grant: bool = False
    since: datetime | None = None  # None: now
    until: datetime | None = None  # None: a year after that


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate as it is recorded."""

    id: str
    body: str
    grantee: str
    role: MandateRole
    scope: Scope
    floor: Rank
    cap: Rank
    sub_grant: bool
    state: MandateState
    granted_by: str  # an account; empty: the register of bodies
    under: str
    at: datetime
    since: datetime
    until: datetime | None  # None: as long as the register names the representative
    offer_until: datetime
    accepted_at: datetime | None = None
    accepted_by: str = ""
    ended_at: datetime | None = None
    why: str = ""

    def live(self, at: datetime) -> bool:
        """Whether somebody may act under it now."""
        return self.state is MandateState.ACTIVE and self.since <= at and (self.until is None or at < self.until)

    def acceptable(self, at: datetime) -> bool:
        """Whether the offer stands."""
        return self.state is MandateState.OFFERED and at < self.offer_until and (self.until is None or at < self.until)

    def narrowed(self, scope: Scope, floor: Rank, cap: Rank, until: datetime | None) -> Self:
        """Return the mandate with less in it.

        Raises:
            MandateRefused: anything would be more than before; that takes a new mandate, which is accepted anew.
        """
        shorter = self.until is None or (until is not None and until <= self.until)
        if not self.scope.covers(scope) or floor < self.floor or cap > self.cap or not shorter:
            raise MandateRefused("a mandate is only narrowed; what is more takes a new one")
        if floor > cap:
            raise MandateMalformed("the least sureness lies above the most")
        return replace(self, scope=scope, floor=floor, cap=cap, until=until)

    def manages(self, other: "Mandate", at: datetime) -> bool:
        """Whether whoever holds this mandate may change, freeze or end the other one."""
        if self.body != other.body or not self.live(at) or other.role is MandateRole.LEGAL_REPRESENTATIVE:
            return False
        if self.role is MandateRole.LEGAL_REPRESENTATIVE:
            return True
        operator = other.role is MandateRole.OPERATOR
        return self.role is MandateRole.ADMINISTRATOR and self.sub_grant and operator and self.scope.covers(other.scope)


def least_level(grantor: Mandate) -> Rank:
    """Return how sure the sign-in of whoever manages mandates has to be."""
    return GRANTS_FROM if grantor.role is MandateRole.LEGAL_REPRESENTATIVE else max(SUB_GRANTS_FROM, grantor.floor)


def permit_grant(grantor: Mandate, offer: Offer, level: Rank, at: datetime) -> Mandate:
    """Return the mandate that is offered, without its id.

    Raises:
        LevelTooLow: the grantor's sign-in is not sure enough.
        MandateRefused: the grantor may not grant that.
        MandateMalformed: it makes no sense.
    """
    if not grantor.live(at) or grantor.body != offer.body:
        raise MandateRefused("nobody grants for this body under that mandate")
    since = offer.since or at
    until = offer.until or since + DEFAULT_LIFE
    _permit_content(grantor, offer, until)
    if level < least_level(grantor):
        raise LevelTooLow("granting takes a surer or fresher sign-in")
    if offer.role is MandateRole.LEGAL_REPRESENTATIVE or offer.grantee in (grantor.grantee, offer.body):
        raise MandateRefused("the register names the representative, and nobody grants to oneself")
    if not at <= since < until or until - since > MAX_LIFE or since - at > MAX_LIFE:
        raise MandateMalformed("from and to: not in the past, and at most three years apart")
    if offer.role is MandateRole.AGENT_BODY and not _BODY.fullmatch(offer.grantee):
        raise MandateMalformed("agent: a credit code, or our id of a body that has none")
    if offer.floor > offer.cap or offer.floor < Rank(1):
        raise MandateMalformed("the least sureness lies above the most, or is none")
    if offer.sub_grant and offer.role is not MandateRole.ADMINISTRATOR:
        raise MandateMalformed("administrators alone grant further")
    return Mandate(
        id="",
        body=offer.body,
        grantee=offer.grantee,
        role=offer.role,
        scope=offer.scope,
        floor=offer.floor,
        cap=offer.cap,
        sub_grant=offer.sub_grant,
        state=MandateState.OFFERED,
        granted_by=grantor.grantee,
        under=grantor.id,
        at=at,
        since=since,
        until=until,
        offer_until=min(at + OFFER_LIFE, until),
    )


def managing(held: Sequence[Mandate], body: str, at: datetime) -> Mandate | None:
    """Return the mandate under which somebody manages those of a body: the representative's before any other."""
    able = [one for one in held if one.body == body and one.live(at)]
    for one in able:
        if one.role is MandateRole.LEGAL_REPRESENTATIVE:
            return one
    return next((one for one in able if one.role is MandateRole.ADMINISTRATOR and one.sub_grant), None)


def _permit_content(grantor: Mandate, offer: Offer, until: datetime) -> None:
    if grantor.role is MandateRole.LEGAL_REPRESENTATIVE:
        return
    if grantor.role is not MandateRole.ADMINISTRATOR or not grantor.sub_grant:
        raise MandateRefused("this mandate grants nothing further")
    within = grantor.scope.covers(offer.scope) and (grantor.until is None or until <= grantor.until)
    surely = offer.cap <= grantor.cap and offer.floor >= grantor.floor
    if offer.role is not MandateRole.OPERATOR or not within or not surely:
        raise MandateRefused("an administrator names operators, for no more than was granted")


def _stem(region: str) -> str:
    """The digits that every place inside begins with: 330000 → 33, 330100 → 3301, 110101 → 110101."""
    while region.endswith("00"):
        region = region[:-2]
    return region
