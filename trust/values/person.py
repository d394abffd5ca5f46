"""What names a person: number, name, mobile phone; printed masked, and whole only through `reveal()`."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Self

from trust.errors import Kind, TrustError
from trust.values import region
from trust.values.region import Area, DivisionStatus

MAX_NAME = 128  # characters
_CHINA = timezone(timedelta(hours=8))
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PERMIT_AREAS = frozenset({"810000", "820000", "830000"})  # Hong Kong, Macao, Taiwan; 830000 is no division
_EARLIEST_BIRTH = 1800


class PersonNumberMalformed(TrustError):
    """The text is not a number of a person."""

    kind, code = Kind.MALFORMED, "person-number-malformed"


class PersonNameMalformed(TrustError):
    """The text cannot be a person's name."""

    kind, code = Kind.MALFORMED, "person-name-malformed"


class PhoneMalformed(TrustError):
    """The text is not a mobile number of the mainland."""

    kind, code = Kind.MALFORMED, "phone-malformed"


class NumberKind(Enum):
    """Which document gave a person the number; all share one form and one check."""

    RESIDENT = "resident"  # 公民身份号码
    RESIDENCE_PERMIT = "residence-permit"  # 港澳台居民居住证
    PERMANENT_RESIDENT = "permanent-resident"  # 外国人永久居留身份证, card of 2023


@dataclass(frozen=True, slots=True, repr=False)
class PersonNumber:
    """Eighteen characters that name one person.

    Standard:
        GB 11643-1999: area (6), date of birth (8), sequence (3), check by ISO 7064 MOD 11-2.
    """

    _text: str

    @classmethod
    def parse(cls, text: str, at: datetime | None = None) -> Self:
        """Check form, area, date of birth and check character.

        An area counts when it was ever a division, since a number outlives its county. With an instant given, a
        birth after it is refused. The messages never repeat the text.

        Raises:
            PersonNumberMalformed: it is no such number.
        """
        if len(text) != 18 or not text.isascii() or not text[:17].isdigit():
            raise PersonNumberMalformed("not 17 digits and a check character")
        if text[17] != _check_character(text[:17]):
            raise PersonNumberMalformed("the check character is wrong")
        number = cls(text)
        if number.kind is NumberKind.RESIDENT and not _was_division(text[:6]):
            raise PersonNumberMalformed("the area never was a division")
        born = number._read_birth()
        if at is not None and born > at.astimezone(_CHINA).date():
            raise PersonNumberMalformed("the date of birth lies in the future")
        return number

    @classmethod
    def from_fifteen_digits(cls, text: str, at: datetime | None = None) -> Self:
        """The number of today for one of before 1999, which left out the century and the check; for imports only.

        Raises:
            PersonNumberMalformed: not fifteen digits, or what they say cannot be.
        """
        if len(text) != 15 or not text.isascii() or not text.isdigit():
            raise PersonNumberMalformed("not fifteen digits")
        body = f"{text[:6]}19{text[6:]}"
        return cls.parse(body + _check_character(body), at)

    @property
    def kind(self) -> NumberKind:
        if self._text[:6] in _PERMIT_AREAS:
            return NumberKind.RESIDENCE_PERMIT
        return NumberKind.PERMANENT_RESIDENT if self._text[0] == "9" else NumberKind.RESIDENT

    @property
    def birth_date(self) -> date:
        return self._read_birth()

    @property
    def masked(self) -> str:
        """`110101********001X`, fit for lists and logs."""
        return f"{self._text[:6]}********{self._text[14:]}"

    def reveal(self) -> str:
        """The whole number; whoever calls this answers for where it goes."""
        return self._text

    def _read_birth(self) -> date:
        year, month, day = int(self._text[6:10]), int(self._text[10:12]), int(self._text[12:14])
        if year < _EARLIEST_BIRTH:
            raise PersonNumberMalformed("the date of birth cannot be")
        try:
            return date(year, month, day)
        except ValueError as exc:
            raise PersonNumberMalformed("the date of birth is no date") from exc

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"PersonNumber({self.masked})"


@dataclass(frozen=True, slots=True, repr=False)
class PersonName:
    """A name, kept sign for sign as it was given."""

    _text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take a name that can be printed on one line.

        Raises:
            PersonNameMalformed: empty, too long, outer spaces, control or direction marks, or half a surrogate pair.
        """
        if not text or len(text) > MAX_NAME or text != text.strip():
            raise PersonNameMalformed("empty, too long, or with outer spaces")
        if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in text):
            raise PersonNameMalformed("a sign that a name cannot hold")
        return cls(text)

    @property
    def masked(self) -> str:
        """`*三`: the last sign stays, with the marks that belong to it."""
        start = len(self._text) - 1
        while start > 0 and unicodedata.category(self._text[start]).startswith("M"):
            start -= 1
        return "*" * start + self._text[start:] if start else "*"

    def reveal(self) -> str:
        """The whole name; whoever calls this answers for where it goes."""
        return self._text

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"PersonName({self.masked})"


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """A mobile number of the mainland, eleven digits."""

    _text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take eleven digits that begin with 1.

        Raises:
            PhoneMalformed: anything else.
        """
        if len(text) != 11 or not text.isascii() or not text.isdigit() or text[0] != "1" or text[1] in "012":
            raise PhoneMalformed("not a mobile number of eleven digits")
        return cls(text)

    @property
    def masked(self) -> str:
        """`138****1234`."""
        return f"{self._text[:3]}****{self._text[7:]}"

    def reveal(self) -> str:
        """The whole number; whoever calls this answers for where it goes."""
        return self._text

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Phone({self.masked})"


def _check_character(body: str) -> str:
    """The check character over 17 digits (GB 11643-1999, clause 4.4; ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def _was_division(code: str) -> bool:
    if code[0] in "09":
        return False
    division = region.find(Area(code))
    return division is not None and division.status is not DivisionStatus.MANAGEMENT_AREA
