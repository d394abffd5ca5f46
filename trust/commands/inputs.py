"""What verifying verbs take: files and folders, an instant, and the exit status of the worst of many files."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from trust.commands import exits

MAX_FILE_BYTES: Final = 256 << 20
_WORST_FIRST: Final = (exits.NEGATIVE, exits.INDETERMINATE, exits.NO_SIGNATURE, exits.DONE)


class Instant(click.ParamType[datetime]):
    """An RFC 3339 instant; without a zone it is UTC, a mere date is its first second."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the aware UTC instant, or fail as a usage error."""
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no instant like 2026-03-01T08:00:00Z", param, ctx)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def existing(*, folders: bool = False) -> click.Path:
    """The type of a path that must be there."""
    return click.Path(exists=True, dir_okay=folders, path_type=Path)


def expand(paths: Iterable[Path], suffixes: frozenset[str]) -> Iterator[Path]:
    """Yield files in the order given; of a folder, those with one of the suffixes, in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from (one for one in sorted(path.rglob("*")) if one.suffix.lower() in suffixes and one.is_file())
        else:
            yield path


def read_bounded(path: Path) -> bytes | None:
    """Return the file's bytes, or None when it is larger than anything we examine."""
    return None if path.stat().st_size > MAX_FILE_BYTES else path.read_bytes()


def worst(statuses: Iterable[int]) -> int:
    """Return the exit status of the worst file."""
    found = set(statuses)
    return next((status for status in _WORST_FIRST if status in found), exits.DONE)
