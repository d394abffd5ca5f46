"""The codes that name the holder of a licence (持证主体代码类型) and what each must look like."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Self

from trust.errors import Kind, TrustError
from trust.values.credit_code import CreditCode
from trust.values.person import NumberKind, PersonNumber, PersonNumberMalformed

MAX_HOLDER_CODE = 512  # characters, the width that licence systems give the column
_TABLE = Path(__file__).parent / "data" / "holder-code-types.csv"


class UnknownHolderCodeType(TrustError):
    """Three digits that the list does not hold."""

    kind, code = Kind.MALFORMED, "unknown-holder-code-type"


class HolderCodeMalformed(TrustError):
    """The text cannot be a code of that type."""

    kind, code = Kind.MALFORMED, "holder-code-malformed"


class CheckRule(Enum):
    """How a code of a type is checked."""

    CREDIT_CODE = "GB32100"
    PERSON_NUMBER = "GB11643"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class HolderCodeType:
    """One row of the list.

    Standard:
        GB/T 36903-2018, annex A.
    """

    code: str
    name: str
    group: str
    is_person: bool
    rule: CheckRule

    @classmethod
    def parse(cls, text: str) -> "HolderCodeType":
        """Look a type up by its three digits.

        Raises:
            UnknownHolderCodeType: the list does not hold it.
        """
        try:
            return _types()[text]
        except KeyError:
            raise UnknownHolderCodeType("the list of holder code types does not hold it") from None

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True, repr=False)
class HolderCode:
    """A code that was checked as its type asks; a person's prints masked."""

    type: HolderCodeType
    _text: str

    @classmethod
    def parse(cls, type_code: str, text: str, at: datetime | None = None) -> Self:
        """Check a code as its type asks.

        Raises:
            UnknownHolderCodeType: no such type.
            CreditCodeMalformed, PersonNumberMalformed, HolderCodeMalformed: no such code.
        """
        of_type = HolderCodeType.parse(type_code)
        match of_type.rule:
            case CheckRule.CREDIT_CODE:
                CreditCode.parse(text)
            case CheckRule.PERSON_NUMBER:
                PersonNumber.parse(text, at)
            case CheckRule.NONE:
                if not text or len(text) > MAX_HOLDER_CODE or text != text.strip() or not text.isprintable():
                    raise HolderCodeMalformed("empty, too long, with outer spaces or unprintable")
        return cls(of_type, text)

    @property
    def number_kind(self) -> NumberKind | None:
        """Which document gave the number, where its form tells.

        The list has no type for the residence permits of Hong Kong, Macao and Taiwan or for the permanent residence
        card; they travel as 111 or 999, and this keeps them apart.
        """
        if not self.type.is_person:
            return None
        try:
            return PersonNumber.parse(self._text).kind
        except PersonNumberMalformed:
            return None

    @property
    def masked(self) -> str:
        """A body's code whole; of a person's, the ends at most."""
        if not self.type.is_person:
            return self._text
        if len(self._text) == 18:
            return f"{self._text[:6]}********{self._text[14:]}"
        return f"{self._text[0]}{'*' * (len(self._text) - 1)}"

    def reveal(self) -> str:
        """The whole code; whoever calls this answers for where it goes."""
        return self._text

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"HolderCode({self.type.code}, {self.masked})"


@cache
def _types() -> dict[str, HolderCodeType]:
    _, *lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = (line.split(",") for line in lines)
    return {
        code: HolderCodeType(code, name, group, kind == "person", CheckRule(rule))
        for code, name, group, kind, rule in rows
    }
