"""Open typefaces: which characters they draw, how wide, as outlines and as subsets to embed."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import Any

import uharfbuzz as hb

from trust.errors import Kind, TrustError

# Layout features and vertical metrics say nothing to a reader that is told every glyph's place.
_DROPPED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "STAT")
_PREFIX_LETTERS = 6
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

Command = tuple[str, tuple[float, ...]]  # M, L: a point; Q: two; C: three; Z: none


class MissingGlyph(TrustError):
    """A character that the typeface cannot draw; a box in a person's name is never printed instead."""

    kind, code = Kind.MALFORMED, "missing-glyph"

    def __init__(self, typeface: str, characters: Iterable[str]) -> None:
        self.characters = tuple(dict.fromkeys(characters))
        points = ", ".join(f"U+{ord(character[0]):04X}" for character in self.characters)
        super().__init__(f"{typeface} has no glyph for {points}")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a typeface comes from: an installed package's file and, for a variable font, the weight it is pinned at."""

    package: str
    file: str
    family: str
    style: str
    weight: int | None = None


_SANS = ("justmytype_intl_cjk", "fonts/ofl/notosanssc/NotoSansSC[wght].ttf", "Noto Sans SC")
SOURCES = {
    "sans": Source(*_SANS, "Regular", 400),
    "sans-bold": Source(*_SANS, "Bold", 700),
    "serif": Source("pylopdf_fonts_zh_cn", "NotoSerifSC-Regular.otf", "Noto Serif SC", "Regular"),
}


@dataclass(frozen=True, slots=True)
class Subset:
    """A font file with the wanted characters alone, under a name derived from its bytes."""

    name: str
    family: str
    data: bytes
    glyphs: dict[str, int]  # glyph ids of variation sequences, which a character map alone cannot reach


@dataclass(frozen=True, slots=True)
class Outline:
    """A glyph as path commands: the unit is the em, the origin lies on the baseline, y points down."""

    commands: tuple[Command, ...]
    advance: float


def clusters(text: str) -> Iterator[str]:
    """The characters of a text, each with the variation selector that follows it."""
    if not _SELECTORS.search(text):
        yield from text
        return
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not is_variation_selector(text[index]):
            yield text[start:index]
            start = index


def is_variation_selector(character: str) -> bool:
    """Whether the character only chooses among the forms of the one before it."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


class Typeface:
    """One typeface at one weight; made once by `get`, shared by all threads."""

    def __init__(self, name: str, source: Source) -> None:
        self.name = name
        self.source = source
        face, self._prepared = _faces(source.package, source.file)
        self._lock = Lock()  # HarfBuzz fonts keep caches of their own
        self._font = hb.Font(face)
        if source.weight is not None:
            self._font.set_variations({"wght": float(source.weight)})
        self._upem: int = face.upem
        self._variable = source.weight is not None
        self._glyphs: dict[str, tuple[int, float]] = {}
        self._outlines: dict[str, Outline] = {}
        extents = self._font.get_font_extents("ltr")
        self.ascent: float = extents.ascender / self._upem
        self.descent: float = -extents.descender / self._upem
        tags = {int.from_bytes(tag.encode("ascii"), "big") for tag in _DROPPED_TABLES}
        self._dropped = tags

    def missing(self, text: str) -> list[str]:
        """The characters of the text that have no glyph here, each once."""
        return list(dict.fromkeys(cluster for cluster in clusters(text) if self._glyph(cluster) is None))

    def advances(self, text: str) -> list[float]:
        """How far, in em, each character moves the pen; a variation selector moves it not at all.

        Raises:
            MissingGlyph: a character cannot be drawn.
        """
        known = self._glyphs
        try:
            return [known[character][1] for character in text]  # no selector is ever known by itself
        except KeyError:
            pass
        widths: list[float] = []
        for cluster in clusters(text):
            found = known.get(cluster) or self._glyph(cluster)
            if found is None:
                raise MissingGlyph(self.name, self.missing(text))
            widths.append(found[1])
            widths.extend(0.0 for _ in cluster[1:])
        return widths

    def subset(self, text: str) -> Subset:
        """A font file that draws exactly the characters of the text; equal characters give equal bytes.

        Raises:
            MissingGlyph: a character cannot be drawn.
        """
        found = dict.fromkeys(clusters(text))
        self.advances("".join(found))
        wanted = hb.SubsetInput()
        wanted.flags = hb.SubsetFlags.NO_HINTING
        wanted.drop_table_tag_set.update(self._dropped)
        wanted.unicode_set.update(ord(cluster[0]) for cluster in found)
        sequences = {cluster: self._glyphs[cluster][0] for cluster in found if len(cluster) > 1}
        wanted.glyph_set.update(sequences.values())
        if self._variable:
            wanted.pin_axis_location(self._prepared, "wght", float(self.source.weight or 0))
        plan = hb.SubsetPlan(self._prepared, wanted)
        data: bytes = plan.execute().blob.data
        mapping = plan.old_to_new_glyph_mapping if sequences else {}
        name = f"{_prefix(data)}+{self.source.family.replace(' ', '')}-{self.source.style}"
        return Subset(name, self.source.family, data, {cluster: mapping[glyph] for cluster, glyph in sequences.items()})

    def outline(self, cluster: str) -> Outline:
        """One character as a path.

        Raises:
            MissingGlyph: it cannot be drawn.
        """
        outline = self._outlines.get(cluster)
        if outline is None:
            found = self._glyph(cluster)
            if found is None:
                raise MissingGlyph(self.name, [cluster])
            with self._lock:
                outline = Outline(_draw(self._font, found[0], self._upem), found[1])
            self._outlines[cluster] = outline
        return outline

    def _glyph(self, cluster: str) -> tuple[int, float] | None:
        found = self._glyphs.get(cluster)
        if found is None:
            with self._lock:
                glyph = self._lookup(cluster)
                if not glyph:
                    return None
                found = glyph, self._font.get_glyph_h_advance(glyph) / self._upem
            self._glyphs[cluster] = found
        return found

    def _lookup(self, cluster: str) -> int | None:
        # A sequence the typeface does not know is drawn as its base character; the data keep the selector.
        base = ord(cluster[0])
        glyph: int | None = None
        if len(cluster) > 1:
            glyph = self._font.get_variation_glyph(base, ord(cluster[1]))
        if glyph is None:
            glyph = self._font.get_nominal_glyph(base)
        return glyph


@cache
def get(name: str) -> Typeface:
    """The typeface of this name, loaded at its first use.

    Raises:
        KeyError: no such name; see `SOURCES`.
    """
    return Typeface(name, SOURCES[name])


@cache
def _faces(package: str, file: str) -> tuple[Any, Any]:
    path = Path(str(resources.files(package))) / file
    face = hb.Face(hb.Blob.from_file_path(str(path)))
    return face, hb.subset_preprocess(face)  # prepared once, subsets take a third of a millisecond


def _prefix(data: bytes) -> str:
    number = int.from_bytes(hashlib.sha256(data).digest()[:8], "big")
    letters = ""
    for _ in range(_PREFIX_LETTERS):
        number, letter = divmod(number, 26)
        letters += chr(ord("A") + letter)
    return letters


def _draw(font: Any, glyph: int, upem: int) -> tuple[Command, ...]:
    commands: list[Command] = []

    def points(*values: float) -> tuple[float, ...]:
        return tuple(value / upem if index % 2 == 0 else -value / upem for index, value in enumerate(values))

    funcs = hb.DrawFuncs()
    funcs.set_move_to_func(lambda x, y, _: commands.append(("M", points(x, y))))
    funcs.set_line_to_func(lambda x, y, _: commands.append(("L", points(x, y))))
    funcs.set_quadratic_to_func(lambda a, b, x, y, _: commands.append(("Q", points(a, b, x, y))))
    funcs.set_cubic_to_func(lambda a, b, c, d, x, y, _: commands.append(("C", points(a, b, c, d, x, y))))
    funcs.set_close_path_func(lambda _: commands.append(("Z", ())))
    font.draw_glyph(glyph, funcs)
    return tuple(commands)
