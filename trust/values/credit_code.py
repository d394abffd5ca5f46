"""The unified social credit code of a body (统一社会信用代码) and the organisation code inside it."""

from dataclasses import dataclass
from typing import Self

from trust.errors import Kind, TrustError
from trust.values.organisation_code import OrganisationCode, OrganisationCodeMalformed

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 signs; I, O, S, V, Z are unused
_VALUE = {sign: value for value, sign in enumerate(_ALPHABET)}
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))


class CreditCodeMalformed(TrustError):
    """The text is not a unified social credit code."""

    kind, code = Kind.MALFORMED, "credit-code-malformed"


@dataclass(frozen=True, slots=True)
class CreditCode:
    """One body, by its 18 characters.

    Standard:
        GB 32100-2015, clause 5: registry (1), category (1), division (6), organisation code (9), check character (1).
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Check length, alphabet and check character.

        The inner organisation code is not a reason to refuse, because codes exist in which it does not hold:
        `organisation_code_holds` tells.

        Raises:
            CreditCodeMalformed: it is no credit code.
        """
        if len(text) != 18 or not all(sign in _VALUE for sign in text):
            raise CreditCodeMalformed("not 18 characters of the credit code alphabet")
        if text[17] != check_character(text[:17]):
            raise CreditCodeMalformed("the check character is wrong")
        return cls(text)

    @property
    def organisation_code_holds(self) -> bool:
        """Whether positions 9 to 17 are an organisation code with a right check digit of its own."""
        try:
            OrganisationCode.parse(self.text[8:17])
        except OrganisationCodeMalformed:
            return False
        return True

    @property
    def division(self) -> str:
        """The six digits of the division that registered the body; 100000 is the State."""
        return self.text[2:8]

    def __str__(self) -> str:
        return self.text


def check_character(body: str) -> str:
    """The check character over the first 17 characters.

    Standard:
        GB 32100-2015, clause 5.2 and annex B.
    """
    total = sum(weight * _VALUE[sign] for weight, sign in zip(_WEIGHTS, body, strict=True))
    return _ALPHABET[-total % 31]
