"""Lettering of seals: glyph outlines placed on arcs, ovals and lines, in millimetres."""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from seal.typefaces import Command, Typeface, clusters

# A Chinese glyph fills this part of its em square; the square's middle lies here above the baseline.
_INK = 0.92
_MIDDLE = 0.38


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a glyph's middle lies, how far it is turned clockwise (radians), and how large it is drawn."""

    x: float
    y: float
    turn: float
    height: float
    width: float


def glyph(typeface: Typeface, cluster: str, placing: Placing) -> list[Command]:
    """One glyph's outline, scaled to the wanted height and width, turned and moved into place.

    Raises:
        MissingGlyph: the typeface cannot draw it.
    """
    outline = typeface.outline(cluster)
    across, down = placing.width / _INK, placing.height / _INK
    cosine, sine = math.cos(placing.turn), math.sin(placing.turn)
    half = outline.advance / 2

    def move(x: float, y: float) -> tuple[float, float]:
        x, y = (x - half) * across, (y + _MIDDLE) * down
        return placing.x + x * cosine - y * sine, placing.y + x * sine + y * cosine

    return _mapped(outline.commands, move)


def on_arc(
    typeface: Typeface, text: str, centre: float, radius: float, span: float, size: tuple[float, float]
) -> list[Command]:
    """Text over the top of a circle, read clockwise, its middle line at the radius; span in degrees.

    Raises:
        MissingGlyph: a character cannot be drawn.
    """
    letters = list(clusters(text))
    height, width = size
    commands: list[Command] = []
    for index, letter in enumerate(letters):
        angle = math.radians(_spread(index, len(letters), span))
        place = Placing(centre + radius * math.sin(angle), centre - radius * math.cos(angle), angle, height, width)
        commands += glyph(typeface, letter, place)
    return commands


def under_arc(typeface: Typeface, text: str, centre: float, radius: float, step: float, height: float) -> list[Command]:
    """Text along the bottom of a circle, read from left to right, upright at the lowest point; step in millimetres.

    Raises:
        MissingGlyph: a character cannot be drawn.
    """
    letters = list(clusters(text))
    span = math.degrees(step * (len(letters) - 1) / radius)
    commands: list[Command] = []
    for index, letter in enumerate(letters):
        angle = math.radians(_spread(index, len(letters), span))
        place = Placing(centre + radius * math.sin(angle), centre + radius * math.cos(angle), -angle, height, height)
        commands += glyph(typeface, letter, place)
    return commands


def on_oval(
    typeface: Typeface,
    text: str,
    middle: tuple[float, float],
    axes: tuple[float, float],
    span: float,
    size: tuple[float, float],
) -> list[Command]:
    """Text over the top of an ellipse at equal lengths of arc, each glyph upright on the curve; span in degrees.

    Raises:
        MissingGlyph: a character cannot be drawn.
    """
    letters = list(clusters(text))
    wide, high = axes
    height, width = size
    lengths, angles = _arc_lengths(wide, high, math.radians(span))
    commands: list[Command] = []
    for index, letter in enumerate(letters):
        share = index / (len(letters) - 1) if len(letters) > 1 else 0.5
        angle = _at(lengths, angles, share * lengths[-1])
        x, y = wide * math.sin(angle), -high * math.cos(angle)
        turn = math.atan2(high * math.sin(angle), wide * math.cos(angle))
        commands += glyph(typeface, letter, Placing(middle[0] + x, middle[1] + y, turn, height, width))
    return commands


def on_line(
    typeface: Typeface, text: str, middle: tuple[float, float], step: float, size: tuple[float, float]
) -> list[Command]:
    """Text on a level line around its middle, one glyph every step; a glyph wider than its step is squeezed.

    Raises:
        MissingGlyph: a character cannot be drawn.
    """
    letters = list(clusters(text))
    left = middle[0] - step * (len(letters) - 1) / 2
    commands: list[Command] = []
    height, width = size
    for index, letter in enumerate(letters):
        fitting = min(width, 0.98 * _INK * step / typeface.outline(letter).advance)
        commands += glyph(typeface, letter, Placing(left + index * step, middle[1], 0.0, height, fitting))
    return commands


def ellipse(middle: tuple[float, float], axes: tuple[float, float]) -> list[Command]:
    """A closed ellipse of four cubic curves."""
    (x, y), (a, b) = middle, axes
    k = 4 / 3 * (math.sqrt(2) - 1)
    return [
        ("M", (x + a, y)),
        ("C", (x + a, y + k * b, x + k * a, y + b, x, y + b)),
        ("C", (x - k * a, y + b, x - a, y + k * b, x - a, y)),
        ("C", (x - a, y - k * b, x - k * a, y - b, x, y - b)),
        ("C", (x + k * a, y - b, x + a, y - k * b, x + a, y)),
        ("Z", ()),
    ]


def polygon(points: Sequence[tuple[float, float]]) -> list[Command]:
    """A closed polygon."""
    return [("M", points[0]), *(("L", point) for point in points[1:]), ("Z", ())]


def star(middle: tuple[float, float], radius: float) -> list[Command]:
    """A five-pointed star standing on two points, as on the national flag."""
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    points = []
    for index in range(10):
        reach, angle = (radius, inner)[index % 2], math.radians(36 * index)
        points.append((middle[0] + reach * math.sin(angle), middle[1] - reach * math.cos(angle)))
    return polygon(points)


def _spread(index: int, count: int, span: float) -> float:
    return 0.0 if count == 1 else span * (index / (count - 1) - 0.5)


def _mapped(commands: Iterable[Command], move: Callable[[float, float], tuple[float, float]]) -> list[Command]:
    moved: list[Command] = []
    for operator, values in commands:
        points = (move(values[i], values[i + 1]) for i in range(0, len(values), 2))
        moved.append((operator, tuple(value for point in points for value in point)))
    return moved


def _arc_lengths(wide: float, high: float, span: float, pieces: int = 720) -> tuple[list[float], list[float]]:
    angles = [span * (index / pieces - 0.5) for index in range(pieces + 1)]
    lengths = [0.0]
    for before, after in itertools.pairwise(angles):
        dx = wide * (math.sin(after) - math.sin(before))
        dy = high * (math.cos(after) - math.cos(before))
        lengths.append(lengths[-1] + math.hypot(dx, dy))
    return lengths, angles


def _at(lengths: list[float], angles: list[float], wanted: float) -> float:
    for index in range(1, len(lengths)):
        if lengths[index] >= wanted:
            before, after = lengths[index - 1], lengths[index]
            share = (wanted - before) / (after - before) if after > before else 0.0
            return angles[index - 1] + share * (angles[index] - angles[index - 1])
    return angles[-1]
