"""Typefaces: the names people really have, subsets that draw exactly what is asked, and what cannot be drawn."""

import pytest
import uharfbuzz as hb

from seal import typefaces
from seal.typefaces import MissingGlyph

NAMES = "㛃䶮𬱖𠅤𬍛𬭎𫖯𤧛镕喆堃祎玥翀暐"


@pytest.mark.parametrize("name", sorted(typefaces.SOURCES))
def test_every_rare_name_can_be_drawn(name: str) -> None:
    typeface = typefaces.get(name)
    assert typeface.missing(NAMES) == []
    assert typeface.advances(NAMES) == [1.0] * len(NAMES)


@pytest.mark.parametrize("name", sorted(typefaces.SOURCES))
def test_what_no_glyph_exists_for_is_named(name: str) -> None:
    typeface = typefaces.get(name)
    with pytest.raises(MissingGlyph, match=r"U\+30000, U\+2A6A5") as caught:
        typeface.subset("王\U00030000\U0002a6a5\U00030000")
    assert caught.value.characters == ("\U00030000", "\U0002a6a5")
    with pytest.raises(MissingGlyph):
        typeface.outline("\U00030000")


@pytest.mark.parametrize("name", sorted(typefaces.SOURCES))
def test_a_subset_draws_its_characters_and_no_others(name: str) -> None:
    subset = typefaces.get(name).subset(NAMES + "A1")
    face = hb.Face(subset.data)
    assert {chr(point) for point in face.unicodes} == set(NAMES + "A1")
    assert "fvar" not in face.table_tags
    drawn, original = hb.Font(face), typefaces.get(name)
    for character in "㛃𬱖A":
        extents = drawn.get_glyph_extents(drawn.get_nominal_glyph(ord(character)))
        assert extents.width > 0
        assert drawn.get_glyph_h_advance(drawn.get_nominal_glyph(ord(character))) / face.upem == pytest.approx(
            original.advances(character)[0], abs=0.002
        )


def test_equal_characters_give_equal_bytes_and_the_name_tells_subsets_apart() -> None:
    typeface = typefaces.get("sans")
    assert typeface.subset("营业执照") == typeface.subset("照执业营营")
    assert typeface.subset("营业执照").name != typeface.subset("营业执").name
    prefix, _, rest = typeface.subset("营业执照").name.partition("+")
    assert len(prefix) == 6
    assert prefix.isupper()
    assert rest == "NotoSansSC-Regular"


def test_the_two_weights_differ() -> None:
    assert typefaces.get("sans").subset("营").data != typefaces.get("sans-bold").subset("营").data


def test_a_variation_selector_stays_with_its_character_and_takes_no_room() -> None:
    text = "葛\U000e0100明"
    assert list(typefaces.clusters(text)) == ["葛\U000e0100", "明"]
    typeface = typefaces.get("sans")
    assert typeface.advances(text) == [1.0, 0.0, 1.0]
    subset = typeface.subset(text)
    font = hb.Font(hb.Face(subset.data))
    assert subset.glyphs["葛\U000e0100"] == font.get_nominal_glyph(ord("葛"))  # the typeface has no such form


def test_typefaces_are_loaded_once() -> None:
    assert typefaces.get("sans") is typefaces.get("sans")
    with pytest.raises(KeyError):
        typefaces.get("comic")


def test_an_outline_stands_on_the_baseline_with_y_down() -> None:
    outline = typefaces.get("serif").outline("国")
    ys = [values[i] for _, values in outline.commands for i in range(1, len(values), 2)]
    assert -0.95 < min(ys) < -0.7
    assert 0 < max(ys) < 0.2
