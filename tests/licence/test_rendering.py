"""A licence on the page of its type: what is shown where, and which types cannot be laid out."""

from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from licence import rendering
from licence.errors import LayoutMalformed, LicenceTypeMalformed
from licence.formats import licence_file
from licence.model.licence_type import LicenceType
from licence.model.type_file import parse
from seal.api import SealCard, SealId, Standing
from tests.support.licences import ISSUER, TYPE_FILE, VALUES, metadata

FILE = TYPE_FILE.read_bytes()
TYPE = parse(FILE)
_numbers = count()


def changed(old: str, new: str) -> LicenceType:
    assert old.encode() in FILE
    return parse(FILE.replace(old.encode(), new.encode(), 1) + f"# {next(_numbers)}\n".encode())


def test_the_file_says_and_shows_what_the_metadata_hold() -> None:
    stated = metadata()
    found = licence_file.read(rendering.document(TYPE, stated, "ZZ1:A"))
    assert found.metadata == stated
    assert found.shown == rendering.shown(TYPE, stated) == {**VALUES, "identifier": stated.identifier.text}


def test_equal_licences_are_equal_bytes() -> None:
    assert rendering.document(TYPE, metadata(), "ZZ1:A") == rendering.document(TYPE, metadata(), "ZZ1:A")


def test_the_seals_middle_is_on_the_middle_of_its_place() -> None:
    card = SealCard(SealId.parse("44000000000001"), "示例", ISSUER, "示例", 42, 30, Standing.USABLE)
    place = rendering.seal_place(TYPE, card)
    assert (place.page, place.x, place.y) == (1, 231 - 21, 152 - 15)


def test_days_and_long_term_are_printed_where_the_layout_asks_for_them() -> None:
    dated = changed('item = "issuedOn"', 'item = "expiresOn"')
    assert rendering.shown(dated, metadata())["expiresOn"] == "长期"
    ending = replace(metadata(), expires_on=date(2027, 2, 28))
    assert rendering.shown(dated, ending)["expiresOn"] == "2027年02月28日"


def test_a_layout_without_a_place_for_the_code_prints_none() -> None:
    plain = changed("code = [239, 29, 30]", "")
    assert b"Image_" not in rendering.document(plain, metadata(), "ZZ1:A")


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("seal = [231, 152]", "", LicenceTypeMalformed),
        ('item = "premises"', 'item = "stranger"', LicenceTypeMalformed),
        ("page = [297, 210]", "page = [2, 1]", LayoutMalformed),
    ],
)
def test_a_type_that_cannot_be_laid_out_is_refused(old: str, new: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rendering.form(changed(old, new))
