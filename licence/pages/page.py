"""The page model: what stands where, in millimetres from the top left corner, whoever writes it down."""

from dataclasses import dataclass

from seal.ofd.geometry import Box
from seal.typefaces import Command

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text with the place of every character.

    Attributes:
        text: the characters as the data have them.
        advances: how far each character moves the pen, in millimetres; one for each character of the text.
        item: the item of the licence that the text belongs to; None for the words of the form itself.
    """

    text: str
    typeface: str
    size: float
    x: float  # where the pen starts
    baseline: float
    advances: tuple[float, ...]
    colour: Colour = BLACK
    item: str | None = None

    @property
    def box(self) -> Box:
        """A box that no ink of the line leaves."""
        width = sum(self.advances)
        air = 0.2 * self.size
        return Box(self.x - air, self.baseline - 1.1 * self.size, width + 2 * air, 1.45 * self.size)


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawn shape: its path on the page, filled by the even-odd rule, or stroked."""

    commands: tuple[Command, ...]
    box: Box
    fill: Colour | None = None
    stroke: Colour | None = None
    width: float = 0.25  # of the stroke


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG stretched over a box."""

    box: Box
    png: bytes


@dataclass(frozen=True, eq=False)
class Form:
    """What is alike on every page of one layout; compared by identity, so that writers can keep what they made of it."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    texts: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the form below, the data of one document above."""

    form: Form
    texts: tuple[TextLine, ...]
    pictures: tuple[Picture, ...] = ()
