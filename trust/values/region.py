"""Administrative divisions (行政区划): the six-digit area code, and the list of divisions with its history."""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Self

from trust.errors import Kind, TrustError

_TABLE = Path(__file__).parent / "data" / "gb2260-divisions.csv"


class AreaMalformed(TrustError):
    """The text is not a six-digit area code."""

    kind, code = Kind.MALFORMED, "area-malformed"


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """A division and all below it, by code: 440000 the province, 440300 the prefecture, 440305 the county.

    The form alone is checked here; `find` knows the list. 100000 is the whole State.

    Standard:
        GB/T 2260-2007, clause 4: two digits a level, trailing zeros for the levels below.
    """

    code: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Check the form.

        Raises:
            AreaMalformed: not six digits, or it begins with 0 or 9.
        """
        if len(text) != 6 or not (text.isascii() and text.isdigit()) or text[0] in "09":
            raise AreaMalformed("not a six-digit area code")
        return cls(text)

    @property
    def prefix(self) -> str:
        """The digits every area inside begins with; empty for the State."""
        if self.code == "100000":
            return ""
        if self.code.endswith("0000"):
            return self.code[:2]
        return self.code[:4] if self.code.endswith("00") else self.code

    def covers(self, other: Self) -> bool:
        """Whether the other area is this one or lies below it."""
        return other.code.startswith(self.prefix)

    def __str__(self) -> str:
        return self.code


class DivisionStatus(Enum):
    """What a row of the list stands for."""

    CURRENT = "current"
    ABOLISHED = "abolished"  # numbers given in its day keep its code
    GROUPING = "grouping"  # a heading such as 市辖区
    MANAGEMENT_AREA = "management_area"  # used by government systems, no part of GB/T 2260


@dataclass(frozen=True, slots=True)
class Division:
    """One row of the list."""

    area: Area
    name: str
    level: str  # province, prefecture, county
    parent: Area | None
    status: DivisionStatus
    successors: tuple[Area, ...]  # the current divisions that took over


def find(area: Area) -> Division | None:
    """The row of an area, current or abolished; the list is read at the first question."""
    row = _rows().get(area.code)
    if row is None:
        return None
    code, name, level, parent, status, successors = row.split(",")
    return Division(
        Area(code),
        name,
        level,
        Area(parent) if parent else None,
        DivisionStatus(status),
        tuple(Area(each) for each in successors.split()),
    )


def successors(area: Area) -> tuple[Area, ...]:
    """The current areas that answer for an area today: itself while it exists, nothing when unknown."""
    division = find(area)
    if division is None:
        return ()
    return division.successors if division.status is DivisionStatus.ABOLISHED else (area,)


@cache
def _rows() -> dict[str, str]:
    """Lines by code; a line is taken apart only when somebody asks for it (no field is quoted)."""
    _, *lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return {line[:6]: line for line in lines}
