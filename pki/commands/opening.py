"""How every verb of the authority opens a home, and as whom it acts."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pki.parts import Parts, parts
from trust.home import open_floor
from trust.host import installed
from trust.plugin import Floor
from trust.settings import Settings
from trust.values.principal import Principal


@dataclass(frozen=True, slots=True)
class Opened:
    """The authority of a home, and the operator who uses it."""

    floor: Floor
    parts: Parts
    by: Principal


@contextmanager
def opened(home: Path) -> Iterator[Opened]:
    """Open a home for one command.

    Raises:
        HomeMissing, SchemaBehind, SettingsMalformed, RefusedInProduction: as `trust.home.open_floor`.
    """
    floor = open_floor(Settings.load(home, installed()))
    try:
        yield Opened(floor, parts(floor), Principal.operator(getpass.getuser(), floor.clock.now()))
    finally:
        floor.database.close()
