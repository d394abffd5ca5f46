"""Where a line of Chinese text may break: no line begins with a closing sign or ends with an opening one."""

from collections.abc import Sequence

from seal.typefaces import is_variation_selector

_NEVER_FIRST = frozenset("，。、；：？！）》」』】〕〉〗％‰℃…—～·”’,.;:?!)]}%")
_NEVER_LAST = frozenset("（《「『【〔〈〖“‘([{￥$")
_SPACES = " \u3000"


def break_lines(text: str, advances: Sequence[float], width: float) -> list[tuple[int, int]]:
    """The lines of a text as (start, end), each at most `width` wide; joined they are the text again.

    Words of letters and digits stay whole where they fit a line; a space that ends a line may hang over its edge.
    """
    lines: list[tuple[int, int]] = []
    start, used = 0, 0.0
    for first, last in _units(text):
        size = sum(advances[first:last])
        if used + size <= width + 1e-9 or (start < first and text[first:last].strip(_SPACES) == ""):
            used += size
            continue
        if start < first:
            lines.append((start, first))
            start, used = first, 0.0
        if size <= width + 1e-9:
            used = size
            continue
        for index in range(first, last):  # a unit wider than any line breaks where it must
            if used + advances[index] > width + 1e-9 and index > start and not is_variation_selector(text[index]):
                lines.append((start, index))
                start, used = index, 0.0
            used += advances[index]
    if start < len(text):
        lines.append((start, len(text)))
    return lines


def _units(text: str) -> list[tuple[int, int]]:
    """The pieces of a text that stay on one line."""
    units: list[tuple[int, int]] = []
    for index, sign in enumerate(text):
        if units and _sticks(text[units[-1][0] : index], sign):
            units[-1] = (units[-1][0], index + 1)
        else:
            units.append((index, index + 1))
    return units


def _sticks(before: str, sign: str) -> bool:
    last = before[-1]
    if last in _SPACES:
        return False
    if is_variation_selector(sign) or sign in _NEVER_FIRST or last in _NEVER_LAST:
        return sign not in _SPACES
    return _in_word(last) and _in_word(sign)


def _in_word(sign: str) -> bool:
    return "!" <= sign <= "~" or "\u00c0" <= sign <= "\u024f"
