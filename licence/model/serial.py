"""The coding rule of serials (流水号): which texts it gives, and what it counts by."""

import re
from dataclasses import dataclass
from typing import Final, Self

from licence.errors import LicenceTypeMalformed, SerialsExhausted
from licence.formats.identifier import MAX_SERIAL

_RULE: Final = re.compile(
    r"(?P<head>[0-9A-Z]*)(?P<year>\{year\})?(?P<tail>[0-9A-Z]*)\{sequence:0(?P<width>[1-9][0-9]?)\}"
)


@dataclass(frozen=True, slots=True)
class SerialRule:
    """Fixed signs, the year where the rule has it, and a sequence of fixed width; one count for each year, or for all.

    Attributes:
        text: such as `{year}{sequence:08}`.
    """

    text: str
    head: str
    has_year: bool
    tail: str
    width: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Check the rule.

        Raises:
            LicenceTypeMalformed: it would give no serial, or too long a one.
        """
        match = _RULE.fullmatch(text)
        if match is None:
            raise LicenceTypeMalformed(f"{text[:80]!r} is no rule like {{year}}{{sequence:08}}")
        rule = cls(text, match["head"], match["year"] is not None, match["tail"], int(match["width"]))
        if len(rule.render(2000, 1)) > MAX_SERIAL:
            raise LicenceTypeMalformed(f"{text!r} gives serials of more than {MAX_SERIAL} signs")
        return rule

    def scope(self, year: int) -> str:
        """What the sequence is counted by, so that no two counts ever give one serial."""
        return f"{self.head}{year if self.has_year else ''}{self.tail}/{self.width}"

    def render(self, year: int, sequence: int) -> str:
        """The serial of the n-th licence.

        Raises:
            SerialsExhausted: the sequence is wider than the rule allows.
        """
        digits = f"{sequence:0{self.width}}"
        if len(digits) > self.width:
            raise SerialsExhausted(f"{self.text} has no serial number {sequence}")
        return f"{self.head}{year if self.has_year else ''}{self.tail}{digits}"
