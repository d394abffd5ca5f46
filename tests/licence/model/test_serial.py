"""The coding rule of serials."""

import pytest

from licence.errors import LicenceTypeMalformed, SerialsExhausted
from licence.model.serial import SerialRule


def test_a_rule_renders_fixed_signs_the_year_and_a_sequence_of_fixed_width() -> None:
    rule = SerialRule.parse("GS{year}A{sequence:06}")
    assert rule.render(2026, 42) == "GS2026A000042"
    assert SerialRule.parse("{sequence:04}").render(2026, 42) == "0042"


def test_a_rule_with_the_year_counts_each_year_alone() -> None:
    yearly, endless = SerialRule.parse("{year}{sequence:08}"), SerialRule.parse("{sequence:08}")
    assert yearly.scope(2026) != yearly.scope(2027)
    assert endless.scope(2026) == endless.scope(2027)


def test_a_sequence_wider_than_its_rule_is_refused() -> None:
    rule = SerialRule.parse("{year}{sequence:02}")
    assert rule.render(2026, 99) == "202699"
    with pytest.raises(SerialsExhausted):
        rule.render(2026, 100)


@pytest.mark.parametrize(
    "text",
    ["", "{year}", "{sequence}", "{sequence:0}", "a{sequence:04}", "{sequence:04}{year}", "{sequence:041}", "{x}"],
)
def test_what_gives_no_serial_is_no_rule(text: str) -> None:
    with pytest.raises(LicenceTypeMalformed):
        SerialRule.parse(text)
