"""Licence identifiers: the published vectors, and what strict parsing refuses."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.errors import IdentifierMalformed
from licence.formats import foreign_identifier
from licence.formats.foreign_identifier import CheckCharacter
from licence.formats.identifier import LicenceIdentifier, LicenceTypeCode, check_character
from tests.support.shared import SHARED
from trust.values.credit_code import CreditCode

SYNTHETIC = "1.2.156.3005.2.11100000MB0143028R001.11440000MB9X00015F.202600000001.001.O"


@pytest.fixture(scope="module")
def vectors() -> Any:
    path = SHARED / "data" / "check-digit-vectors.json"
    if not path.is_file():
        pytest.skip("the shared data are not beside the repository")
    return json.loads(path.read_text("utf-8"))["licence_identifier"]


def test_the_iso_reference_has_its_check_character() -> None:
    assert check_character("A12425GABC1234002") == "M"


def test_every_right_identifier_is_read_and_written_back(vectors: Any) -> None:
    for text in [*vectors["real_valid"], *vectors["synthetic_valid"]]:
        if ".340100." not in text:
            assert LicenceIdentifier.parse(text).text == text
        assert foreign_identifier.read(text).check is CheckCharacter.STANDARD


def test_an_issuer_named_by_its_division_is_read_on_import_alone() -> None:
    text = "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9"
    with pytest.raises(IdentifierMalformed):
        LicenceIdentifier.parse(text)
    read = foreign_identifier.read(text)
    assert (read.issuer_is_division, read.identifier, read.version) == (True, None, 1)


def test_a_wrong_check_character_is_refused_and_named_on_import(vectors: Any) -> None:
    for wrong in vectors["real_wrong_check_char"]:
        text = wrong["identifier"]
        with pytest.raises(IdentifierMalformed):
            LicenceIdentifier.parse(text)
        assert foreign_identifier.read(text).check is CheckCharacter.LEGACY_VARIANT
        assert foreign_identifier.read(text[:-1] + "0").check is CheckCharacter.INVALID
        assert foreign_identifier.read(text[:-1] + wrong["standard_check"]).check is CheckCharacter.STANDARD


@pytest.mark.parametrize(
    "text",
    [
        SYNTHETIC.lower(),
        SYNTHETIC + "\n",
        " " + SYNTHETIC,
        SYNTHETIC.replace("1.2.156.3005.2", "1.2.156.3005.3"),
        SYNTHETIC.replace(".001.O", ".000.O"),
        SYNTHETIC.replace("15F", "15G"),
        SYNTHETIC.replace("202600000001", "2026.0000001"),
        SYNTHETIC.replace("202600000001", "１０２６00000001"),
        SYNTHETIC.replace("202600000001", "2" * 41),
        "",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(IdentifierMalformed):
        LicenceIdentifier.parse(text)


def test_a_next_version_keeps_everything_but_number_and_check() -> None:
    first = LicenceIdentifier.parse(SYNTHETIC)
    assert first.next_version().text == SYNTHETIC.replace(".001.O", ".002.M")
    with pytest.raises(IdentifierMalformed, match="version 1000"):
        LicenceIdentifier(first.type, first.issuer, first.serial, 999).next_version()


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=40), st.integers(1, 999), st.data())
def test_what_is_composed_parses_and_one_changed_sign_does_not(serial: str, version: int, data: st.DataObject) -> None:
    made = LicenceIdentifier(
        LicenceTypeCode.parse("11100000MB0143028R001"), CreditCode.parse("11440000MB9X00015F"), serial, version
    )
    assert LicenceIdentifier.parse(made.text) == made
    start = made.text.index(serial, 15)
    place = data.draw(st.integers(start, start + len(serial) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    changed = made.text[:place] + other + made.text[place + 1 :]
    if changed != made.text:
        with pytest.raises(IdentifierMalformed):
            LicenceIdentifier.parse(changed)
