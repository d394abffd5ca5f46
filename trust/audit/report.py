"""What an examination of the journal found."""

from dataclasses import dataclass
from enum import Enum

from trust.audit.errors import JournalAltered


class Fault(Enum):
    """What is wrong at a place of the journal."""

    MISSING = "entry-missing"  # deleted, truncated, or an older state of the database was put back
    ALTERED = "entry-altered"  # edited, moved, or not written by our service at all
    REPEATED = "entry-repeated"  # a copy of another entry
    TILE = "tile-altered"  # the entries are right, the stored tree is not
    HEAD = "head-contradicted"  # a signed head says otherwise than the entries up to it
    UNSIGNED = "head-unsigned"  # a stored head that the journal's key did not sign


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault and the index of the entry where it begins; a contradicted head knows the last good head only."""

    index: int
    fault: Fault
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JournalReport:
    """How many entries are numbered, how many wait, how many signed heads agree, and every flaw up to a limit."""

    size: int
    waiting: int
    heads: int
    flaws: tuple[Flaw, ...]

    @property
    def intact(self) -> bool:
        return not self.flaws

    @property
    def first_bad(self) -> int | None:
        """The index of the first entry that is not as it was written; None when all are."""
        exact = [flaw.index for flaw in self.flaws if flaw.fault not in (Fault.HEAD, Fault.UNSIGNED)]
        return min(exact or [flaw.index for flaw in self.flaws], default=None)

    def require_intact(self) -> None:
        """Raise JournalAltered unless the journal is as it was written."""
        if self.flaws:
            faults = ", ".join(sorted({flaw.fault.value for flaw in self.flaws}))
            raise JournalAltered(f"first bad entry {self.first_bad}: {faults}")
