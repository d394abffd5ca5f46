"""Work in a real home and say each result that was acknowledged; a test starts this and kills it.

It does what a server does: carries out what fell due, numbers the journal beside, and issues certificates, licences
and stamped documents, one by one and in groups.

Arguments: home, seconds by which its clock is ahead, first number, number to stop before, seal, licence type, area.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from licence import demonstration, parts
from licence.formats.identifier import LicenceTypeCode
from licence.model.order import LicenceOrder
from pki.api import Authority, Issued
from seal.api import At, SealId, Stamper, StampOrder
from tests.support import ofd
from tests.support.authority import order
from trust import host, sequencing
from trust.clock import SystemClock
from trust.host import Host
from trust.jobs.worker import Worker
from trust.values.credit_code import check_character
from trust.values.organisation_code import check_digit
from trust.values.principal import Principal
from trust.values.region import Area

BY = Principal.service("test")
GROUPS = (1, 5, 2)
READY = "ready"


@dataclass(frozen=True, slots=True)
class Ahead:
    """The machine's clock, and how far this one is ahead of it."""

    by: timedelta

    def now(self) -> datetime:
        return SystemClock().now() + self.by


def worker(opened: Host) -> Worker:
    """Return the background work of every service of a home."""
    services = opened.services.values()
    handlers = {kind: handler for one in services for kind, handler in one.handlers.items()}
    return Worker(
        opened.floor.database, opened.floor.clock, handlers, [each for one in services for each in one.periodic]
    )


def licence_order(number: int, licence_type: LicenceTypeCode, seal: SealId, area: Area) -> LicenceOrder:
    """Return the order of a business licence for a firm of its own."""
    firm = f"MB{number:06}"
    code = f"91{area.code}{firm}{check_digit(firm)}"
    items = {**demonstration.ITEMS, "creditCode": code + check_character(code)}
    return LicenceOrder(f"matter {number}", licence_type, seal, area, items)


def groups(first: int, stop: int) -> Iterator[range]:
    """Yield the numbers in groups of changing size."""
    count = 0
    while first < stop:
        size = GROUPS[count % len(GROUPS)]
        yield range(first, min(first + size, stop))
        first, count = first + size, count + 1


def main(home: str, ahead: str, first: str, stop: str, *names: str) -> None:
    seal, licence_type, area = SealId.parse(names[0]), LicenceTypeCode.parse(names[1]), Area.parse(names[2])
    document = ofd.document(1)
    with host.opened(Path(home), clock=Ahead(timedelta(seconds=int(ahead)))) as opened:
        floor = opened.floor
        authority = floor.front("pki", Authority)  # type: ignore[type-abstract]
        stamper = floor.front("seal", Stamper)  # type: ignore[type-abstract]
        issue = parts.issue_licences(floor)
        sequencing.SequencerThread(sequencing.of_floor(floor), period=0.05).start()
        say(READY)
        worker(opened).run_due()
        for numbers in groups(int(first), int(stop)):
            orders = [order(f"持有人{number}", "person") for number in numbers]
            for number, outcome in zip(numbers, authority.issue_all(orders, BY), strict=True):
                assert isinstance(outcome, Issued), outcome
                say("certificate", number, f"{outcome.certificate.serial:032x}")
            wanted = [licence_order(number, licence_type, seal, area) for number in numbers]
            for number, issued in zip(numbers, issue(wanted, BY), strict=True):
                say("licence", number, issued.identifier.text, issued.address)
            (stamped,) = stamper.stamp([StampOrder(f"document {numbers[0]}", document, seal, (At(1, 100, 100),))], BY)
            say("document", numbers[0], stamped.address)


def say(*words: object) -> None:
    """Acknowledge: one line, at once and whole."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
