"""A vector picture as a PNG: one colour, smooth edges in the alpha channel, the right size in millimetres."""

import io
import itertools
import math
from collections.abc import Iterable

from PIL import Image, ImageChops, ImageDraw

from seal.typefaces import Command

_FINER = 4  # sub-pixels across and down
_STEP = 6.0  # sub-pixels between the points of a flattened curve
_LEVELS = 16  # of alpha: four bits a pixel
MM_PER_INCH = 25.4


def png(commands: Iterable[Command], size: tuple[float, float], colour: tuple[int, int, int], dpi: int) -> bytes:
    """The even-odd filled path as a palette PNG; equal arguments give equal bytes."""
    scale = dpi / MM_PER_INCH
    pixels = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    ink = _fill(commands, scale * _FINER, (pixels[0] * _FINER, pixels[1] * _FINER))
    alpha = ink.convert("L").reduce(_FINER).point([round(level * (_LEVELS - 1) / 255) for level in range(256)])
    alpha.putpalette(list(colour) * _LEVELS)
    out = io.BytesIO()
    levels = bytes(round(level * 255 / (_LEVELS - 1)) for level in range(_LEVELS))
    alpha.save(out, "PNG", bits=4, transparency=levels, dpi=(dpi, dpi), optimize=False, compress_level=9)
    return out.getvalue()


def _fill(commands: Iterable[Command], scale: float, size: tuple[int, int]) -> Image.Image:
    ink = Image.new("1", size)
    for contour in _contours(commands, scale):
        left = max(0, int(min(x for x, _ in contour)) - 1)
        top = max(0, int(min(y for _, y in contour)) - 1)
        right = min(size[0], int(max(x for x, _ in contour)) + 2)
        bottom = min(size[1], int(max(y for _, y in contour)) + 2)
        if right <= left or bottom <= top:
            continue
        shape = Image.new("1", (right - left, bottom - top))
        ImageDraw.Draw(shape).polygon([(x - left, y - top) for x, y in contour], fill=1)
        box = (left, top, right, bottom)
        ink.paste(ImageChops.logical_xor(ink.crop(box), shape), box)
    return ink


def _contours(commands: Iterable[Command], scale: float) -> Iterable[list[tuple[float, float]]]:
    contour: list[tuple[float, float]] = []
    for operator, values in commands:
        points = [(values[i] * scale, values[i + 1] * scale) for i in range(0, len(values), 2)]
        if operator == "M":
            if len(contour) > 2:
                yield contour
            contour = points
        elif operator == "L":
            contour += points
        elif operator in {"Q", "C"}:
            contour += _curve([contour[-1], *points])
    if len(contour) > 2:
        yield contour


def _curve(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    length = sum(math.dist(a, b) for a, b in itertools.pairwise(points))
    steps = max(2, min(200, round(length / _STEP)))
    flat = []
    for step in range(1, steps + 1):
        t = step / steps
        level = points
        while len(level) > 1:  # de Casteljau
            level = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in itertools.pairwise(level)]
        flat.append(level[0])
    return flat
