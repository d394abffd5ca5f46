"""Issue certificates without end and say each one that was acknowledged; a test starts this and kills it.

Arguments: database address, folder of keys and objects, first number, how many orders in a group.
"""

import itertools
import sys
from pathlib import Path

from pki.api import Issued
from pki.parts import parts
from tests.support.authority import BY, floor, order
from trust.clock import SystemClock
from trust.storage.database import Database


def main(address: str, folder: str, first: str, group: str) -> None:
    made = parts(floor(Database.open(address), SystemClock(), Path(folder)))
    for begin in itertools.count(int(first), int(group)):
        orders = [order(f"持有人{number}", "person") for number in range(begin, begin + int(group))]
        for wanted, outcome in zip(orders, made.authority.issue_all(orders, BY), strict=True):
            assert isinstance(outcome, Issued), outcome
            sys.stdout.write(f"{wanted.idempotency_key} {outcome.certificate.serial:032x}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
