"""Encrypted fields open in their own place only; the index finds equal values and tells nothing else."""

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust.keys.errors import FieldAltered
from trust.keys.fields import BlindIndex, Cell, FieldCipher, normalised
from trust.keys.files import FileKeyRing

_CIPHER = FieldCipher({1: bytes(range(16))})
_INDEX = BlindIndex({1: bytes(range(32))})
_CELL = Cell("licence_holder", "number", "7")
_NUMBER = "11010519491231002X"


@given(
    st.text(max_size=200).filter(lambda text: text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text))
)
def test_a_value_comes_back_from_its_cell(value: str) -> None:
    stored = _CIPHER.encrypt(_CELL, value)
    assert _CIPHER.decrypt(_CELL, stored) == value
    assert _CIPHER.encrypt(_CELL, value) != stored, "a fresh nonce each time"


def test_a_field_in_another_row_column_or_table_does_not_open() -> None:
    stored = _CIPHER.encrypt(_CELL, _NUMBER)
    for cell in (
        Cell("licence_holder", "number", "8"),
        Cell("licence_holder", "name", "7"),
        Cell("seal_holder", "number", "7"),
        Cell("licence_holdern", "umber", "7"),
    ):
        with pytest.raises(FieldAltered):
            _CIPHER.decrypt(cell, stored)


def test_parts_of_a_place_do_not_run_together() -> None:
    stored = _CIPHER.encrypt(Cell("a", "b", "c"), _NUMBER)
    for table, column, row in permutations(("a", "b", "c")):
        if (table, column, row) != ("a", "b", "c"):
            with pytest.raises(FieldAltered):
                _CIPHER.decrypt(Cell(table, column, row), stored)
    with pytest.raises(FieldAltered):
        _CIPHER.decrypt(Cell("ab", "", "c"), stored)


def test_every_changed_bit_is_refused() -> None:
    stored = _CIPHER.encrypt(_CELL, "张三")
    for position in range(len(stored) * 8):
        changed = bytearray(stored)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(FieldAltered):
            _CIPHER.decrypt(_CELL, bytes(changed))
    for length in range(len(stored)):
        with pytest.raises(FieldAltered):
            _CIPHER.decrypt(_CELL, stored[:length])


def test_a_renewed_key_writes_and_the_old_one_still_reads(tmp_path: Path) -> None:
    ring = FileKeyRing.open(tmp_path)
    ring.create_secret("person-field", 16)
    before = FieldCipher.of(ring, "person-field")
    stored = before.encrypt(_CELL, _NUMBER)
    ring.renew_secret("person-field")
    after = FieldCipher.of(ring, "person-field")
    assert after.decrypt(_CELL, stored) == _NUMBER
    assert before.is_current(stored)
    assert not after.is_current(stored)
    fresh = after.encrypt(_CELL, _NUMBER)
    assert after.is_current(fresh)
    with pytest.raises(FieldAltered):
        before.decrypt(_CELL, fresh)
    moved = bytearray(stored)
    moved[4] = 2  # the same text, said to be under the other key
    with pytest.raises(FieldAltered):
        after.decrypt(_CELL, bytes(moved))


def test_nothing_of_the_value_shows() -> None:
    stored = _CIPHER.encrypt(_CELL, _NUMBER)
    assert _NUMBER.encode() not in stored
    assert str(_CIPHER) == "FieldCipher()"
    assert str(_INDEX) == "BlindIndex()"


def test_equal_numbers_are_found_however_they_were_typed() -> None:
    written = _INDEX.write("person-number", _NUMBER)
    assert len(written) == 16
    for typed in (_NUMBER.lower(), f" {_NUMBER} ", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002x"):
        assert _INDEX.look_up("person-number", typed) == (written,)
    assert normalised("㛃䶮𬱖𠅤") == "㛃䶮𬱖𠅤"


def test_other_values_kinds_and_keys_have_other_indexes() -> None:
    told = {
        _INDEX.write("person-number", _NUMBER),
        _INDEX.write("person-number", "110105194912310039"),
        _INDEX.write("phone", _NUMBER),
        BlindIndex({1: bytes(32)}).write("person-number", _NUMBER),
    }
    assert len(told) == 4


def test_a_renewed_index_finds_what_the_old_one_wrote() -> None:
    both = BlindIndex({1: bytes(range(32)), 2: bytes(32)})
    newest, older = both.look_up("person-number", _NUMBER)
    assert newest == both.write("person-number", _NUMBER)
    assert older == _INDEX.write("person-number", _NUMBER)
