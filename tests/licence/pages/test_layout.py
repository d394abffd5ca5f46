"""Layout: lines break where Chinese may break, text shrinks before it overflows, and descriptions are checked."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.errors import LayoutMalformed, TextNotPrintable, TextOverflows
from licence.pages import description, layout
from licence.pages.breaking import break_lines
from seal.typefaces import MissingGlyph
from tests.support.licences import VALUES, business_layout, type_data

IDENTIFIER = {"identifier": "1.2.156.3005.2"}


def lines(text: str, width: float) -> list[str]:
    return [text[a:b] for a, b in break_lines(text, [0.5 if ord(sign) < 128 else 1.0 for sign in text], width)]


def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one() -> None:
    assert lines("技术服务，技术咨询。", 4) == ["技术服", "务，技术", "咨询。"]
    assert lines("服务项目（除外）", 5) == ["服务项目", "（除外）"]


def test_words_and_numbers_stay_whole_where_they_can() -> None:
    assert lines("云栖路A-1201室", 5) == ["云栖路", "A-1201室"]
    assert lines("ABCDEFGHIJ", 2) == ["ABCD", "EFGH", "IJ"]


@given(st.text("中文（）《》，。；、 A1-B\u3000𠅤", max_size=60), st.integers(2, 12))
def test_joined_lines_are_the_text_and_none_is_wider_but_for_hanging_spaces(text: str, width: int) -> None:
    broken = lines(text, width)
    assert "".join(broken) == text
    for line in broken:
        assert sum(0.5 if ord(sign) < 128 else 1.0 for sign in line.rstrip(" \u3000")) <= width or len(line) == 1


def test_every_item_stands_in_its_box() -> None:
    described = business_layout()
    page = layout.lay_out(described, VALUES)
    boxes = dict(described.items)
    for line in page.texts:
        assert line.item is not None
        box = boxes[line.item].box
        assert line.x >= box.x - 0.01
        assert line.x + sum(line.advances) <= box.x + box.width + 0.01
        assert box.y <= line.baseline <= box.y + box.height + line.size * 0.5
        assert len(line.advances) == len(line.text)
    shown: dict[str, str] = {}
    for line in page.texts:
        shown[str(line.item)] = shown.get(str(line.item), "") + line.text
    assert shown == VALUES


def test_long_text_is_set_smaller_and_too_long_text_is_refused() -> None:
    described = business_layout()

    def size(scope: str) -> float:
        return next(line.size for line in layout.lay_out(described, {"businessScope": scope}).texts)

    assert size("软件开发；" * 10) == 4.4
    assert 1.9 <= size("软件开发；" * 150) < 4.4
    with pytest.raises(TextOverflows, match="businessScope"):
        size("软件开发；" * 800)
    with pytest.raises(TextOverflows, match="legalRepresentative"):
        layout.lay_out(described, {"legalRepresentative": "很" * 60})


def test_what_cannot_be_shown_is_named() -> None:
    described = business_layout()
    with pytest.raises(MissingGlyph, match="U\\+30000"):
        layout.lay_out(described, {"legalRepresentative": "王\U00030000"})
    for bad in ("一\n二", "一\t二", "\x00", "\x85", "\u2028", "\ufffe", "\U0001ffff", "\ud800"):
        with pytest.raises(TextNotPrintable):
            layout.lay_out(described, {"legalRepresentative": bad})
    with pytest.raises(LayoutMalformed, match="unknownItem"):
        layout.lay_out(described, {"unknownItem": "x"})


def test_spread_labels_fill_their_width() -> None:
    form = layout.prepare(business_layout())
    title = next(line for line in form.texts if line.text == "营业执照")
    assert sum(title.advances) == pytest.approx(105)
    assert layout.prepare(business_layout()) is form


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    data = copy.deepcopy(type_data()["layout"])
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return dict(data)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("page",), [297]),
        (("page",), [5, 5]),
        (("page",), "A4"),
        (("item", 0, "box"), [290, 200, 50, 50]),
        (("item", 0, "box"), [10, 10, 0, 5]),
        (("item", 0, "size"), 0.5),
        (("item", 0, "size"), True),
        (("item", 0, "min_size"), 30),
        (("item", 0, "typeface"), "comic"),
        (("item", 0, "align"), "sideways"),
        (("item", 0, "leading"), 0.2),
        (("item", 0, "wrap"), "yes"),
        (("item", 0, "colour"), "red"),
        (("item", 0, "blink"), True),
        (("item", 1, "item"), "creditCode"),
        (("label", 0, "text"), ""),
        (("label",), {}),
        (("drawing", 0, "kind"), "emblem"),
        (("drawing", 0, "strands"), 900),
        (("code",), [290, 200, 30]),
        (("seal",), [1]),
        (("stamp",), [1]),
    ],
)
def test_a_wrong_description_is_refused_with_its_place(path: tuple[str | int, ...], value: Any) -> None:
    with pytest.raises(LayoutMalformed, match="layout"):
        description.decode(changed(*path, to=value))
