"""Short messages and mail of a home in development: written to a file that its owner alone reads, sent to nobody."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outbox:
    """A channel that ends in a file, one message a line."""

    path: Path

    def send(self, to: str, text: str) -> None:
        """Write a message down."""
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        line = f"{to}\t{' '.join(text.split())}\n".encode()
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)
