"""Golden bytes: one file a case, a header of `name: value` lines, a blank line, then the bytes in hexadecimal."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VECTORS = Path(__file__).parents[1] / "vectors"
_NEEDED = {"expect", "origin", "standard", "note"}


@dataclass(frozen=True, slots=True)
class Vector:
    """One case.

    Attributes:
        name: the name of its file.
        expect: `ok`, or the code of the error.
        header: every line of the header.
        data: the bytes.
    """

    name: str
    expect: str
    header: Mapping[str, str]
    data: bytes

    def __str__(self) -> str:
        return self.name


def load(kind: str, prefix: str = "") -> list[Vector]:
    """The cases of `tests/vectors/KIND`, in the order of their names."""
    return [_read(path) for path in sorted((VECTORS / kind).iterdir()) if path.name.startswith(prefix)]


def _read(path: Path) -> Vector:
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    header = dict(line.split(": ", 1) for line in head.splitlines())
    missing = _NEEDED - header.keys()
    assert not missing, f"{path}: the header lacks {missing}"
    return Vector(path.stem, header["expect"], header, bytes.fromhex(body))
