"""Layout: values into the boxes of a description, so that every character has its place, or a named error."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from licence.errors import LayoutMalformed, TextNotPrintable, TextOverflows
from licence.pages import ornament
from licence.pages.breaking import break_lines
from licence.pages.description import Align, Description, Drawing, TextBox
from licence.pages.page import Form, Page, Picture, Shape, TextLine
from seal import typefaces

MAX_TEXT: Final = 5_000  # characters of one value
_STEP: Final = 0.95  # each try at a smaller size
_ABOVE_BASELINE: Final = 0.88  # of the em square of Chinese type


@lru_cache(maxsize=64)
def prepare(description: Description) -> Form:
    """The form of a layout: its drawings and fixed words; one object for each description.

    Raises:
        TextOverflows: fixed words do not fit their box.
        MissingGlyph: they cannot be drawn.
    """
    shapes = tuple(_draw(drawing) for drawing in description.drawings)
    texts = [line for label in description.labels for line in _set(label, label.text, None)]
    return Form(description.width, description.height, shapes, tuple(texts))


def lay_out(description: Description, values: Mapping[str, str], code: bytes | None = None) -> Page:
    """A page with each item's value in its box; an item without value leaves its box empty.

    Raises:
        LayoutMalformed: a value has no box, or there is no place for the code.
        TextNotPrintable: a value holds line breaks or controls.
        TextOverflows: a value does not fit even at the smallest size.
        MissingGlyph: a character cannot be drawn.
    """
    placed = {name for name, _ in description.items}
    unknown = sorted(set(values) - placed)
    if unknown:
        raise LayoutMalformed(f"no box for {', '.join(unknown)}")
    lines: list[TextLine] = []
    for name, box in description.items:
        value = values.get(name, "")
        if value:
            lines += _set(box, value, name)
    pictures: tuple[Picture, ...] = ()
    if code is not None:
        if description.code is None:
            raise LayoutMalformed("the layout has no place for the code")
        pictures = (Picture(description.code, code),)
    return Page(prepare(description), tuple(lines), pictures)


def printable(text: str) -> bool:
    """Whether a page can show every character on one line and XML can carry it."""
    return not any(
        sign < " "
        or "\x7f" <= sign <= "\x9f"
        or sign in "\u2028\u2029"
        or "\ud800" <= sign <= "\udfff"
        or "\ufdd0" <= sign <= "\ufdef"
        or ord(sign) & 0xFFFE == 0xFFFE
        for sign in text
    )


def _set(box: TextBox, text: str, item: str | None) -> list[TextLine]:
    if len(text) > MAX_TEXT or not printable(text):
        raise TextNotPrintable(
            f"{item or text!r} is longer than {MAX_TEXT} characters or holds controls or line breaks"
        )
    advances = typefaces.get(box.typeface).advances(text)
    if box.align is Align.SPREAD:
        return [_spread(box, text, item)]
    size = box.size
    while True:
        lines = _lines(box, text, advances, size)
        if lines is not None:
            break
        if size <= box.min_size:
            raise TextOverflows(f"{item or text!r} does not fit its box of {box.box.width} by {box.box.height} mm")
        size = max(box.min_size, size * _STEP)
    height = size * box.leading
    top = box.box.y + ((box.box.height - height * len(lines)) / 2 if box.middle else 0.0)
    placed: list[TextLine] = []
    for index, (start, end) in enumerate(lines):
        steps = tuple(advance * size for advance in advances[start:end])
        baseline = top + index * height + (height - size) / 2 + _ABOVE_BASELINE * size
        x = _left(box, sum(steps))
        placed.append(TextLine(text[start:end], box.typeface, size, x, baseline, steps, box.colour, item))
    return placed


def _lines(box: TextBox, text: str, advances: Sequence[float], size: float) -> list[tuple[int, int]] | None:
    width = box.box.width / size
    if not box.wrap:
        fits = sum(advances) <= width + 1e-9 and size <= box.box.height + 1e-9
        return [(0, len(text))] if fits else None
    lines = break_lines(text, advances, width)
    # The last line needs its letters only, not the space below them.
    needed = ((len(lines) - 1) * box.leading + 1) * size
    return lines if needed <= box.box.height + 1e-9 else None


def _left(box: TextBox, width: float) -> float:
    match box.align:
        case Align.CENTRE:
            return box.box.x + (box.box.width - width) / 2
        case Align.RIGHT:
            return box.box.x + box.box.width - width
        case _:
            return box.box.x


def _spread(box: TextBox, text: str, item: str | None) -> TextLine:
    advances = [advance * box.size for advance in typefaces.get(box.typeface).advances(text)]
    room = box.box.width - sum(advances)
    if room < -1e-9:
        raise TextOverflows(f"{item or text!r} does not fit its box of {box.box.width} mm")
    gaps = len(list(typefaces.clusters(text))) - 1
    if gaps:
        for index in range(len(text) - 1):
            if not typefaces.is_variation_selector(text[index + 1]):
                advances[index] += room / gaps
    height = box.size * box.leading
    top = box.box.y + ((box.box.height - height) / 2 if box.middle else 0.0)
    baseline = top + (height - box.size) / 2 + _ABOVE_BASELINE * box.size
    return TextLine(text, box.typeface, box.size, box.box.x, baseline, tuple(advances), box.colour, item)


def _draw(drawing: Drawing) -> Shape:
    if drawing.kind == "frame":
        return ornament.frame(drawing.box, drawing.colour, drawing.width)
    return ornament.border(drawing.box, drawing.depth, drawing.strands, drawing.wave, drawing.colour)
