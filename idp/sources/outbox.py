"""Short messages and mail of a home in development: written to a file that its owner alone reads, sent to nobody."""

import os
from dataclasses import dataclass
from pathlib import Path

from trust.errors import Kind, TrustError


class OutboxForbidden(TrustError):
    """A home in production sends messages through a real channel."""

    kind, code = Kind.FORBIDDEN, "outbox-forbidden"


@dataclass(frozen=True, slots=True)
class Outbox:
    """A channel that ends in a file, one message a line."""

    path: Path

    @classmethod
    def of(cls, home: Path, name: str, *, production: bool) -> "Outbox":
        """Return the outbox of a home.

        Raises:
            OutboxForbidden: the home is in production.
        """
        if production:
            raise OutboxForbidden("messages of a home in production need a channel that delivers them")
        return cls(home / "outbox" / f"{name}.txt")

    def send(self, to: str, text: str) -> None:
        """Write a message down."""
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        line = f"{to}\t{' '.join(text.split())}\n".encode()
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)
