"""Ornaments of licences: wavy borders (团花边框) and rosettes, as smooth curves."""

import math
from collections.abc import Callable

from licence.pages.page import Colour, Shape
from seal.ofd.geometry import Box
from seal.typefaces import Command

_PIECES = 4  # curves for each wave
Point = tuple[float, float]


def border(box: Box, depth: float, strands: int, wave: float, colour: Colour) -> Shape:
    """A border of interlaced waves along the four sides of a box, with a rosette in each corner."""
    commands: list[Command] = []
    half = depth / 2
    left, top = box.x + half, box.y + half
    right, bottom = box.x + box.width - half, box.y + box.height - half
    sides = [
        ((left, top), (right, top)),
        ((left, bottom), (right, bottom)),
        ((left, top), (left, bottom)),
        ((right, top), (right, bottom)),
    ]
    for start, end in sides:
        length = math.dist(start, end)
        waves = max(1, round(length / wave))
        for strand in range(strands):
            commands += _curve(_wave(start, end, half * 0.8, waves, 2 * math.pi * strand / strands), waves * _PIECES)
    for corner in ((left, top), (right, top), (left, bottom), (right, bottom)):
        commands += _rosette(corner, half * 1.25)
    reach = half * 0.3
    around = Box(box.x - reach, box.y - reach, box.width + 2 * reach, box.height + 2 * reach)
    return Shape(tuple(commands), around, stroke=colour, width=0.12)


def frame(box: Box, colour: Colour, width: float) -> Shape:
    """A plain rectangle."""
    right, bottom = box.x + box.width, box.y + box.height
    commands: list[Command] = [
        ("M", (box.x, box.y)),
        ("L", (right, box.y)),
        ("L", (right, bottom)),
        ("L", (box.x, bottom)),
        ("Z", ()),
    ]
    around = Box(box.x - width, box.y - width, box.width + 2 * width, box.height + 2 * width)
    return Shape(tuple(commands), around, stroke=colour, width=width)


def _rosette(middle: Point, radius: float) -> list[Command]:
    def at(turn: float) -> Point:
        angle = 2 * math.pi * turn
        reach = radius * (0.62 + 0.38 * math.cos(8 * angle))
        return middle[0] + reach * math.cos(angle), middle[1] + reach * math.sin(angle)

    def inner(turn: float) -> Point:
        angle = 2 * math.pi * turn
        reach = radius * (0.55 - 0.38 * math.cos(8 * angle))
        return middle[0] + reach * math.cos(angle), middle[1] + reach * math.sin(angle)

    return [*_curve(at, 48), *_curve(inner, 48)]


def _wave(start: Point, end: Point, height: float, waves: int, phase: float) -> Callable[[float], Point]:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)

    def at(share: float) -> Point:
        aside = height * math.sin(2 * math.pi * waves * share + phase)
        return start[0] + dx * share - dy / length * aside, start[1] + dy * share + dx / length * aside

    return at


def _curve(at: Callable[[float], Point], pieces: int) -> list[Command]:
    """A parametric curve over 0 to 1 as cubic pieces with the curve's own tangents."""
    step, tiny = 1 / pieces, 1e-5
    points = [at(index * step) for index in range(pieces + 1)]
    slopes: list[Point] = []
    for index in range(pieces + 1):
        before, after = at(index * step - tiny), at(index * step + tiny)
        slopes.append(((after[0] - before[0]) / (2 * tiny) * step / 3, (after[1] - before[1]) / (2 * tiny) * step / 3))
    commands: list[Command] = [("M", points[0])]
    for index in range(pieces):
        (x0, y0), (x1, y1) = points[index], points[index + 1]
        (u0, v0), (u1, v1) = slopes[index], slopes[index + 1]
        commands.append(("C", (x0 + u0, y0 + v0, x1 - u1, y1 - v1, x1, y1)))
    return commands
