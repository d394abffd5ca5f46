"""Rectangles on a page, in millimetres from its top left corner, y downwards.

Standard:
    GB/T 33190-2016 clause 7.2 (ST_Box) and 8.1 (page space).
"""

import math
import re
from dataclasses import dataclass
from typing import Final, Self

MAX_MM: Final = 100_000.0
_TOLERANCE: Final = 0.01  # a hundredth of a millimetre: rounding of what products write
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float  # mm
    y: float
    width: float
    height: float

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse `x y w h`; None if it is not four numbers within reason."""
        words = text.split()
        if len(words) != 4 or not all(_NUMBER.fullmatch(word) for word in words):
            return None
        values = [float(word) for word in words]
        if not all(math.isfinite(value) and abs(value) <= MAX_MM for value in values):
            return None
        return cls(*values)

    @property
    def has_area(self) -> bool:
        """Whether anything can be seen in it."""
        return self.width > 0 and self.height > 0

    def holds(self, other: Self) -> bool:
        """Tell whether the other box lies wholly in this one, both given from the same origin."""
        return (
            other.x >= self.x - _TOLERANCE
            and other.y >= self.y - _TOLERANCE
            and other.x + other.width <= self.x + self.width + _TOLERANCE
            and other.y + other.height <= self.y + self.height + _TOLERANCE
        )

    def shifted(self, right: float, down: float) -> Self:
        """Return the box moved."""
        return type(self)(self.x + right, self.y + down, self.width, self.height)

    def __str__(self) -> str:
        return " ".join(number(value) for value in (self.x, self.y, self.width, self.height))


def number(value: float) -> str:
    """Write a length in millimetres to the micrometre, without needless zeros."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
