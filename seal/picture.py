"""Seal pictures: round, oval and square, drawn as vectors in millimetres, written as SVG and PNG."""

import math
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from seal import lettering, raster
from seal.typefaces import Command, clusters, get
from trust.errors import Kind, TrustError

COLOUR = (0xE6, 0x00, 0x12)
DPI = 600
_TYPEFACE = "serif"  # 宋体, as the State Council's rules for seals say
_GAP = 0.8  # between border and lettering
_SQUEEZE = 0.75
_MAX_NAME = 40
_CACHED = 256


class SealDesignRefused(TrustError):
    """A design that cannot be drawn legibly: no name, too long a name, a size nobody uses."""

    kind, code = Kind.MALFORMED, "seal-design-refused"


class Shape(Enum):
    """The outline of a seal."""

    ROUND = "round"
    OVAL = "oval"
    SQUARE = "square"


@dataclass(frozen=True, slots=True)
class SealDesign:
    """What a seal shows. All measures in millimetres.

    Standard:
        国发〔1999〕25号 for the sizes of round seals.
    """

    shape: Shape
    width: float
    height: float
    name: str
    border: float = 1.0
    star: bool = True  # round seals
    purpose: str = ""  # a level line below the centre, such as 专用章
    number: str = ""  # round: digits on the lower arc; oval: the number across the middle

    def __post_init__(self) -> None:
        length = len(list(clusters(self.name)))
        if not 2 <= length <= _MAX_NAME:
            raise SealDesignRefused(f"a seal's name has 2 to {_MAX_NAME} characters, this one has {length}")
        if not (8 <= self.width <= 60 and 8 <= self.height <= 60):
            raise SealDesignRefused(f"{self.width} by {self.height} mm is no size for a seal")


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn seal: one path, filled by the even-odd rule."""

    width: float  # mm
    height: float  # mm
    commands: tuple[Command, ...]


def round_seal(
    name: str, diameter: float = 42.0, *, star: bool = True, purpose: str = "", number: str = ""
) -> SealDesign:
    """A round seal (圆形章): the name over the arc, a star in the centre."""
    border = 1.2 if diameter >= 42 else 1.0
    return SealDesign(Shape.ROUND, diameter, diameter, name, border, star, purpose, number)


def oval_seal(
    name: str, width: float = 40.0, height: float = 30.0, *, number: str = "", purpose: str = ""
) -> SealDesign:
    """An oval seal (椭圆章), as for invoices: the name on the arc, a number across the middle."""
    return SealDesign(Shape.OVAL, width, height, name, 1.0, star=False, purpose=purpose, number=number)


def square_seal(name: str, side: float = 20.0) -> SealDesign:
    """A square name seal (方章), read in columns from the right."""
    return SealDesign(Shape.SQUARE, side, side, name, side / 20, star=False)


@lru_cache(maxsize=_CACHED)
def draw(design: SealDesign) -> Picture:
    """The seal's outlines; no font is needed to show them.

    Raises:
        MissingGlyph: a character of the lettering cannot be drawn.
    """
    match design.shape:
        case Shape.ROUND:
            commands = _round(design)
        case Shape.OVAL:
            commands = _oval(design)
        case Shape.SQUARE:
            commands = _square(design)
    return Picture(design.width, design.height, tuple(commands))


@lru_cache(maxsize=_CACHED)
def svg(design: SealDesign) -> bytes:
    """The seal as SVG in millimetres: one compound path on a transparent ground."""
    picture = draw(design)
    size = f"{_number(picture.width)} {_number(picture.height)}"
    data = "".join(operator + " ".join(map(_number, values)) for operator, values in picture.commands)
    colour = "#{:02X}{:02X}{:02X}".format(*COLOUR)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_number(picture.width)}mm" height="{_number(picture.height)}mm"'
        f' viewBox="0 0 {size}"><path fill="{colour}" fill-rule="evenodd" d="{data}"/></svg>'
    ).encode()


@lru_cache(maxsize=_CACHED)
def png(design: SealDesign, dpi: int = DPI) -> bytes:
    """The seal as PNG with alpha, its resolution recorded; a small dpi makes a small file."""
    picture = draw(design)
    return raster.png(picture.commands, (picture.width, picture.height), COLOUR, dpi)


def _round(design: SealDesign) -> list[Command]:
    typeface, radius = get(_TYPEFACE), design.width / 2
    middle = (radius, radius)
    commands = lettering.ellipse(middle, middle)
    commands += lettering.ellipse(middle, (radius - design.border, radius - design.border))
    count = len(list(clusters(design.name)))
    span = min(270.0, 34.0 + 16.0 * count) if count <= 14 else 262.0
    inside = radius - design.border - _GAP
    height = min(0.155 * design.width, _fitting_height(inside, span, count))
    line = inside - height / 2
    commands += lettering.on_arc(typeface, design.name, radius, line, span, (height, height * _SQUEEZE))
    if design.star:
        commands += lettering.star(middle, radius * 14 / 45)
    if design.purpose:
        # A long name comes down on both sides: the line then moves up and stays between them.
        level, room = (radius * 0.58, inside) if span <= 230 else (radius * 0.45, inside - height)
        chord = 1.7 * math.sqrt(room**2 - level**2)
        letters = len(list(clusters(design.purpose)))
        tall = min(0.1 * design.width, chord / letters)
        commands += lettering.on_line(
            typeface, design.purpose, (radius, radius + level), tall * 1.05, (tall, tall * 0.9)
        )
    if design.number:
        commands += lettering.under_arc(typeface, design.number, radius, inside - 0.95, 1.75, 1.9)
    return commands


def _fitting_height(inside: float, span: float, count: int) -> float:
    # The glyphs' feet stand closest together: their width there must leave a little air.
    if count == 1:
        return inside / 2
    step = math.radians(span) / (count - 1)
    return step * inside / (_SQUEEZE * 1.06 + step)


def _oval(design: SealDesign) -> list[Command]:
    typeface = get(_TYPEFACE)
    middle = wide, high = design.width / 2, design.height / 2
    commands = lettering.ellipse(middle, middle)
    commands += lettering.ellipse(middle, (wide - design.border, high - design.border))
    count = len(list(clusters(design.name)))
    scale = design.height / 30
    height = 4.2 * scale
    axes = (wide - design.border - 0.5 - height / 2, high - design.border - 0.5 - height / 2)
    span = min(250.0, max(120.0, 90.0 + 12.0 * count))
    length = math.radians(span) * (axes[0] + axes[1]) / 2
    width = min(height * 0.8, 0.92 * length / max(1, count - 1))
    commands += lettering.on_oval(typeface, design.name, middle, axes, span, (height, width))
    if design.number:
        letters = len(list(clusters(design.number)))
        step = min(26.0 * design.width / 40 / letters, 3.0)
        commands += lettering.on_line(typeface, design.number, (wide, high), step, (3.7 * scale, step * 1.6))
    if design.purpose:
        level = high + (4.2 + 2.3) * scale
        commands += lettering.on_line(typeface, design.purpose, (wide, level), 3.3 * scale, (4.6 * scale, 3.0 * scale))
    return commands


def _square(design: SealDesign) -> list[Command]:
    typeface, side = get(_TYPEFACE), design.width
    letters = list(clusters(design.name))
    letters += {2: ["之", "印"], 3: ["印"]}.get(len(letters), [])
    rows = math.ceil(math.sqrt(len(letters)))
    columns = math.ceil(len(letters) / rows)
    near, far = design.border, side - design.border
    commands = lettering.polygon([(0, 0), (side, 0), (side, side), (0, side)])
    commands += lettering.polygon([(near, near), (far, near), (far, far), (near, far)])
    room = far - near - 0.06 * side
    width, height = room / columns, room / rows
    for index, letter in enumerate(letters):
        column, row = divmod(index, rows)
        x = side / 2 + room / 2 - (column + 0.5) * width
        y = side / 2 - room / 2 + (row + 0.5) * height
        commands += lettering.glyph(typeface, letter, lettering.Placing(x, y, 0.0, height * 0.94, width * 0.94))
    return commands


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
