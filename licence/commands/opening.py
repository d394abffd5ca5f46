"""How every verb that changes licences opens a home, and as whom it acts."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trust.values.principal import Principal

if TYPE_CHECKING:
    from trust.plugin import Floor


@contextmanager
def opened(home: Path) -> Iterator["tuple[Floor, Principal]"]:
    """Open a home with the licence service, and say who runs the command."""
    from trust import host

    with host.opened(home, ("licence",)) as built:
        yield built.floor, Principal.operator(getpass.getuser(), built.floor.clock.now())
