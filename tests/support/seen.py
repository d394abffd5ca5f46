"""A memory of values that were used, for tests of what asks one."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Seen:
    """Remembers in this process alone."""

    values: dict[str, datetime] = field(default_factory=dict)

    def take(self, value: str, until: datetime, at: datetime) -> bool:
        if self.values.get(value, at) > at:
            return False
        self.values[value] = until
        return True
