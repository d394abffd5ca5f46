"""What the verbs of seals share: opening the home, who runs the command, places in millimetres."""

import getpass
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from seal.model.placement import At, Edge, Placement, Riding
from trust.values.principal import Principal

if TYPE_CHECKING:
    from trust.host import Host

MAX_DOCUMENT_BYTES: Final = 64 << 20
_PLACE: Final = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?),([0-9]{1,4}(?:\.[0-9]{1,3})?)", re.ASCII)


@contextmanager
def opened(home: Path) -> Iterator["tuple[Host, Principal]"]:
    """Open a home with the seal service, and say who runs the command."""
    from trust import host

    with host.opened(home, ("seal",)) as built:
        yield built, Principal.operator(getpass.getuser(), built.floor.clock.now())


def placements(page: int | None, place: str | None, riding: str | None, offset: float) -> tuple[Placement, ...]:
    """Return the places that the options name.

    Raises:
        click.UsageError: none, or half of one.
    """
    found: list[Placement] = []
    if (page is None) != (place is None):
        raise click.UsageError("--page and --place belong together")
    if page is not None and place is not None:
        numbers = _PLACE.fullmatch(place)
        if numbers is None:
            raise click.UsageError("--place wants X,Y in millimetres, such as 140,220")
        found.append(At(page, float(numbers.group(1)), float(numbers.group(2))))
    if riding is not None:
        found.append(Riding(Edge(riding), offset))
    if not found:
        raise click.UsageError("name a place: --page N --place X,Y, or --riding EDGE, or both")
    return tuple(found)


def read_document(path: Path) -> bytes:
    """Read a document from a file.

    Raises:
        click.UsageError: larger than any document may be.
    """
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise click.UsageError(f"{path} is larger than {MAX_DOCUMENT_BYTES} bytes")
    return path.read_bytes()
