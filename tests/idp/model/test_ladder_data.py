"""A table of levels that contradicts itself is refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.model.ladder_data import MAX_TABLE_BYTES, LadderData, LevelsMalformed, packaged

TEXT = packaged()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('acr_prefix = "urn:cn-gov:loa:"', "", "acr_prefix is missing"),
        ("rank = 2\nzh", "rank = 3\nzh", "without a gap"),
        ('code = "l2"', 'code = "l1"', "one code"),
        ("idle = 604800", "idle = 9604800", "idle is longer"),
        ("decays = 300", "decays = 900", "decays later"),
        ('2 = [["two-elements"]]', '2 = [["three-elements"]]', "'three-elements' is not under"),
        ('5 = [["staff-certificate", "badge"]]', "", "asks for nothing at rank 5"),
        ("[kind.staff]", "[kind.clerk]", "wanted are"),
        ('factors = ["password", "sms"]', 'factors = ["password", "fax"]', "'fax' is not under"),
        ('decays_by = "sms"', 'decays_by = "face"', "names none"),
        ('"link:*" = { rank = 2', '"link:*" = { rank = 4', "never worth more than 3"),
        ("national = { rank = 4", "national = { rank = 5", "treaty"),
        ("rank = 1, cost = 1", "rank = 9, cost = 1", "not a rank"),
        ("rank = 1, cost = 1", "rank = true, cost = 1", "not a rank"),
        ("absolute = 28800", "absolute = -1", "not a positive number"),
        ("second_factor = true", 'second_factor = "yes"', "true or false"),
        ("[evidence]", "[evidence", "not a table of levels"),
        ("phone = { days", "phone = 3 #", "wrong type"),
    ],
)
def test_a_contradiction_is_named(old: str, new: str, reason: str) -> None:
    assert old in TEXT
    with pytest.raises(LevelsMalformed, match=reason):
        LadderData.parse(TEXT.replace(old, new, 1))


def test_a_table_that_is_too_large_is_refused() -> None:
    with pytest.raises(LevelsMalformed, match="larger"):
        LadderData.parse(TEXT + "#" * MAX_TABLE_BYTES)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(LevelsMalformed):
        LadderData.parse(text)
