"""A layout described as data: the boxes of a form in millimetres, checked once and kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from licence.errors import LayoutMalformed
from licence.pages.page import BLACK, Colour
from seal.ofd.geometry import Box
from seal.typefaces import SOURCES

MAX_BOXES: Final = 200
MIN_SIZE: Final = 1.5  # mm: smaller text cannot be read
_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)


class Align(Enum):
    """How text stands in its box."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"
    SPREAD = "spread"  # over the whole width, as labels of different lengths are


@dataclass(frozen=True, slots=True)
class TextBox:
    """A place for text: an item's value, or fixed words."""

    box: Box
    typeface: str
    size: float
    min_size: float  # the text is set smaller down to this, then it overflows
    align: Align
    leading: float  # line height over size
    wrap: bool
    middle: bool  # the lines stand in the middle of the box's height
    colour: Colour
    text: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A frame, or a border of waves."""

    kind: str
    box: Box
    colour: Colour
    width: float
    depth: float
    strands: int
    wave: float


@dataclass(frozen=True, slots=True)
class Description:
    """One page of a licence type: its form, the place of each item, of the code and of the seal."""

    width: float
    height: float
    drawings: tuple[Drawing, ...]
    labels: tuple[TextBox, ...]
    items: tuple[tuple[str, TextBox], ...]
    code: Box | None
    seal: tuple[float, float] | None  # the middle of the seal


def decode(data: Mapping[str, Any]) -> Description:
    """The description in a mapping, as TOML or JSON give it.

    Raises:
        LayoutMalformed: the message says where.
    """
    reader = _Reader("layout", data)
    width, height = reader.numbers("page", 2)
    page = Box(0, 0, width, height)
    if not (20 <= width <= 1000 and 20 <= height <= 1000):
        raise LayoutMalformed("layout.page: a side is shorter than 20 or longer than 1000 mm")
    drawings = tuple(_drawing(each, page) for each in reader.tables("drawing"))
    labels = tuple(_text_box(each, page, each.text("text")) for each in reader.tables("label"))
    items = tuple((each.text("item"), _text_box(each, page, "")) for each in reader.tables("item"))
    if len(labels) + len(items) + len(drawings) > MAX_BOXES:
        raise LayoutMalformed(f"layout: more than {MAX_BOXES} boxes")
    if len({name for name, _ in items}) != len(items):
        raise LayoutMalformed("layout.item: an item stands in two boxes")
    code = None
    if "code" in data:
        x, y, side = reader.numbers("code", 3)
        code = _inside(Box(x, y, side, side), page, "layout.code")
    seal = None
    if "seal" in data:
        x, y = reader.numbers("seal", 2)
        seal = (x, y)
    reader.refuse_others("page", "drawing", "label", "item", "code", "seal")
    return Description(width, height, drawings, labels, items, code, seal)


def _text_box(reader: "_Reader", page: Box, text: str) -> TextBox:
    size = reader.number("size")
    min_size = reader.number("min_size", size)
    if not MIN_SIZE <= min_size <= size <= 60:
        raise LayoutMalformed(f"{reader.where}: sizes lie between {MIN_SIZE} and 60 mm, the smallest first")
    typeface = reader.text("typeface", "sans")
    if typeface not in SOURCES:
        raise LayoutMalformed(f"{reader.where}.typeface: {typeface!r} is none of {', '.join(sorted(SOURCES))}")
    try:
        align = Align(reader.text("align", "left"))
    except ValueError as error:
        raise LayoutMalformed(f"{reader.where}.align: {error}") from error
    box = _inside(Box(*reader.numbers("box", 4)), page, f"{reader.where}.box")
    leading = reader.number("leading", 1.45)
    if not 1 <= leading <= 4:
        raise LayoutMalformed(f"{reader.where}.leading: not between 1 and 4")
    wrap, middle, colour = reader.flag("wrap"), reader.flag("middle"), reader.colour("colour")
    reader.refuse_others(
        "item", "text", "size", "min_size", "typeface", "align", "box", "leading", "wrap", "middle", "colour"
    )
    return TextBox(box, typeface, size, min_size, align, leading, wrap, middle, colour, text)


def _drawing(reader: "_Reader", page: Box) -> Drawing:
    kind = reader.text("kind")
    if kind not in {"frame", "waves"}:
        raise LayoutMalformed(f"{reader.where}.kind: {kind!r} is neither frame nor waves")
    box = _inside(Box(*reader.numbers("box", 4)), page, f"{reader.where}.box")
    strands = int(reader.number("strands", 4))
    depth, wave, width = reader.number("depth", 8), reader.number("wave", 12), reader.number("width", 0.3)
    if not (1 <= strands <= 12 and 1 <= depth <= 40 and 2 <= wave <= 100 and 0.05 <= width <= 5):
        raise LayoutMalformed(f"{reader.where}: strands, depth, wave or width out of range")
    drawing = Drawing(kind, box, reader.colour("colour"), width, depth, strands, wave)
    reader.refuse_others("kind", "box", "colour", "width", "depth", "strands", "wave")
    return drawing


def _inside(box: Box, page: Box, where: str) -> Box:
    if not box.has_area or not page.holds(box):
        raise LayoutMalformed(f"{where}: not a box on the page")
    return box


@dataclass(frozen=True, slots=True)
class _Reader:
    """Typed access to one table of the description, with a name for messages."""

    where: str
    data: Mapping[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        value = self.data.get(name, default)
        if not isinstance(value, str) or not value:
            raise LayoutMalformed(f"{self.where}.{name}: a text is needed")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        return _number(self.data.get(name, default), f"{self.where}.{name}")

    def numbers(self, name: str, count: int) -> list[float]:
        values = self.data.get(name)
        if not isinstance(values, list) or len(values) != count:
            raise LayoutMalformed(f"{self.where}.{name}: {count} numbers are needed")
        return [_number(value, f"{self.where}.{name}") for value in values]

    def flag(self, name: str) -> bool:
        value = self.data.get(name, False)
        if not isinstance(value, bool):
            raise LayoutMalformed(f"{self.where}.{name}: true or false is needed")
        return value

    def colour(self, name: str) -> Colour:
        value = self.data.get(name)
        if value is None:
            return BLACK
        if not isinstance(value, str) or not _COLOUR.fullmatch(value):
            raise LayoutMalformed(f"{self.where}.{name}: a colour like #B08D57 is needed")
        red, green, blue = bytes.fromhex(value[1:])
        return red, green, blue

    def tables(self, name: str) -> list["_Reader"]:
        values = self.data.get(name, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise LayoutMalformed(f"{self.where}.{name}: a list of tables is needed")
        return [_Reader(f"{self.where}.{name}[{index}]", value) for index, value in enumerate(values)]

    def refuse_others(self, *known: str) -> None:
        unknown = sorted(set(self.data) - set(known))
        if unknown:
            raise LayoutMalformed(f"{self.where}: unknown {', '.join(unknown)}")


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -10_000 < value < 10_000:
        raise LayoutMalformed(f"{where}: a number is needed")
    return float(value)
