"""What is shown when somebody signs in, what is known about whoever does, and what follows from both."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from trust.values.assurance import Rank


@dataclass(frozen=True, slots=True)
class Proof:
    """One factor shown in a session, such as ``password`` or ``passkey``."""

    method: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was proved about an account, by whom, and until when that holds."""

    kind: str
    at: datetime
    expires_at: datetime | None
    source: str
    txn: str = ""
    carries_number: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How sure we are of a session at an instant; `level` is the least of `il`, `al` and the cap of the route."""

    level: Rank
    il: Rank
    al: Rank
    auth_time: datetime | None  # of the oldest factor that the level needs
    amr: tuple[str, ...]
    acr: str
    phishing_resistant: bool = False
    hardware: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one acr value asks for."""

    acr: str
    rank: Rank
    phishing_resistant: bool = False
    hardware: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """What lies between a session and what is wanted of it; nothing at all when it is met."""

    steps: tuple[tuple[str, ...], ...] = ()  # sets of methods, each enough for the sign-in, cheapest first
    enrol: tuple[str, ...] = ()  # methods that would do once they are set up; told when no step is left
    evidence: tuple[str, ...] = ()  # what has to be proved about the person, in this order
    met: bool = False
    impossible: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods each of which is enough alone, cheapest first."""
        return tuple(step[0] for step in self.steps if len(step) == 1)

    @property
    def next(self) -> tuple[str, ...]:
        """The methods to begin with: those enough alone, else the first ones of longer ways."""
        return self.methods or tuple(dict.fromkeys(step[0] for step in self.steps))


@dataclass(frozen=True, slots=True)
class Lifetime:
    """When a session ends: after `absolute`, or after `idle` without use."""

    absolute: timedelta
    idle: timedelta
