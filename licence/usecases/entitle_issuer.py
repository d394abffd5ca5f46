"""Propose for our registry that a body may issue a type of licence for an area; verifiers see it once it is published."""

from dataclasses import dataclass, replace
from datetime import datetime

from licence.errors import LicenceTypeMissing
from licence.formats.identifier import LicenceTypeCode
from licence.storage.types import LicenceTypes
from trust.clock import Clock
from trust.recognition.registry import PURPOSES, Entitlement, Entry, EntryType, Standing, Status
from trust.storage.unit_of_work import NewWork
from trust.values.credit_code import CreditCode
from trust.values.principal import Principal
from trust.values.region import Area


@dataclass(frozen=True, slots=True)
class EntitleOrder:
    """Ask for one entitlement.

    Attributes:
        start: the first instant; None for now.
        basis: the document that gives it.
    """

    body: CreditCode
    body_name: str
    type: LicenceTypeCode
    area: Area
    basis: str
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntitleIssuer:
    """Add an entitlement to the body's entry, which the first one makes; one that is there already changes nothing."""

    new_work: NewWork
    clock: Clock

    def __call__(self, order: EntitleOrder, by: Principal) -> tuple[Entry, bool]:
        """Return the body's entry and whether something was added.

        Raises:
            LicenceTypeMissing: no such type is registered.
            RegistryMalformed: a name or basis that the registry cannot hold.
        """
        start = (order.start or self.clock.now()).replace(microsecond=0)
        entitlement = Entitlement(order.type.text, order.area, start)
        name = f"licence-issuer.{order.body.text.lower()}"  # ids are small letters
        with self.new_work() as work:
            if LicenceTypes(work.db).find_newest(order.type) is None:
                raise LicenceTypeMissing(f"the licence type {order.type} is not registered")
            before = work.registry.find(name)
            if before is not None and any(_is_held(each, order) for each in before.entitlements):
                return before, False
            entry = _fresh(name, order, start) if before is None else before
            held = sorted(
                (*entry.entitlements, entitlement), key=lambda each: (each.licence_type, each.area, each.start)
            )
            entry = replace(entry, entitlements=tuple(held))
            work.registry.propose(entry)
            facts = {"type": order.type.text, "area": order.area.code, "from": f"{start:%Y-%m-%dT%H:%M:%SZ}"}
            work.journal.append("issuer-entitlement-proposed", name, str(by), facts)
        return entry, True


def _is_held(held: Entitlement, order: EntitleOrder) -> bool:
    """Whether an entitlement without end says the same; one that was ended may be given anew."""
    asked = order.start
    return (
        (held.licence_type, held.area) == (order.type.text, order.area)
        and held.end is None
        and (asked is None or held.start <= asked)
    )


def _fresh(name: str, order: EntitleOrder, start: datetime) -> Entry:
    return Entry(
        id=name,
        type=EntryType.LICENCE_ISSUER,
        name=order.body_name,
        standings=(Standing(Status.GRANTED, start),),
        purposes=PURPOSES[EntryType.LICENCE_ISSUER],
        basis=order.basis,
        body=order.body,
    )
