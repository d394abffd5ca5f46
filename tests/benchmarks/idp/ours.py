"""Our provider under measurement: one process as `trustctl serve idp` starts it, with the client and users of the acts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.idp.acts import Known
from tests.support.idp_home import PASSWORD, RUN, Platform, Running, serving

PLATFORM: Final = Platform("bench", ("https://platform.example/back",), first_party=True)
KNOWN: Final = Known(PLATFORM.id, PLATFORM.secret, PLATFORM.redirect_uris[0], "user0", PASSWORD)

# Hashing that costs next to nothing, so that the rest of a sign-in is seen; argon2's least parameters.
_CHEAP: Final = """
import argon2
class Cheap(argon2.PasswordHasher):
    def __init__(self, **_):
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
argon2.PasswordHasher = Cheap
"""


@dataclass(frozen=True, slots=True)
class Hashing:
    """How the measured process hashes passwords."""

    program: str


FULL: Final = Hashing(RUN)
CHEAP: Final = Hashing(_CHEAP + RUN)


@contextmanager
def running(folder: Path, database: str, hashing: Hashing = FULL) -> Iterator[Running]:
    """Serve a fresh home on SQLite (no address) or PostgreSQL."""
    folder.mkdir()
    with serving(folder, [PLATFORM], database=database, program=hashing.program) as provider:
        yield provider
