"""What time it is: the only place our services ask."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Somebody who knows the present instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The clock of this machine, as it stands."""

    def now(self) -> datetime:
        return datetime.now(UTC)
