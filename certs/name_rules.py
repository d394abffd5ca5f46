"""What a name must not hold: emptiness, excess, invisible signs, look-alikes, a person's number in clear.

Standard:
    RFC 5280 appendix A (upper bounds); Unicode UAX #9 (bidirectional marks) and UAX #15 (NFKC);
    GB 11643-1999 (resident number and its check character, ISO 7064 MOD 11-2); GB 32100-2015 (credit code).
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

from certs import oids
from certs.name import Name

MAX_TEXT: Final = 64
MAX_ORGANISATION: Final = 128
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_CODE: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
_LEADING_CODE: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_SEAL_CODE: Final = re.compile(r"[0-9]{14}")
_RESIDENT_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
_RESIDENT_CHECKS: Final = "10X98765432"
_CREDIT_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_empty(name: Name) -> bool:
    """Tell whether a name says nothing: no O and no CN, or a value of spaces."""
    kinds = {kind for kind, _ in name.attributes}
    blank = any(not text.strip() for _, text in name.attributes)
    return blank or not kinds & {oids.ORGANISATION, oids.COMMON_NAME}


def over_long(name: Name) -> Iterator[str]:
    """Yield the texts that are longer than their upper bound."""
    for kind, text in name.attributes:
        limit = MAX_ORGANISATION if kind == oids.ORGANISATION else 2 if kind == oids.COUNTRY else MAX_TEXT
        if len(text) > limit:
            yield text


def has_bidi_marks(name: Name) -> bool:
    """Tell whether a text holds marks that turn its reading direction."""
    return any(sign in _BIDI for _, text in name.attributes for sign in text)


def has_control_characters(name: Name) -> bool:
    """Tell whether a text holds control, format, private or unassigned characters, bidirectional marks aside."""
    return any(
        unicodedata.category(sign) in _INVISIBLE and sign not in _BIDI for _, text in name.attributes for sign in text
    )


def has_width_variants(name: Name) -> bool:
    """Tell whether a text holds full-width or half-width forms of letters and digits.

    Full-width punctuation is how Chinese is written, so `（集团）` stays; a full-width `Ａ` looks like another letter.
    """
    return any(
        unicodedata.east_asian_width(sign) in "FH" and unicodedata.category(sign)[0] in "LN"
        for _, text in name.attributes
        for sign in text
    )


def skeleton(name: Name) -> str:
    """Return the text by which look-alikes are found: compatibility forms folded, case and spaces ignored."""
    return "\n".join(
        f"{kind}={''.join(unicodedata.normalize('NFKC', text).casefold().split())}" for kind, text in name.attributes
    )


def person_number(text: str, *, after_code: bool = False) -> str | None:
    """Return the first resident number that stands in a text, or None.

    With `after_code` a leading credit code is passed over: it has the same length.
    """
    if after_code and (found := _LEADING_CODE.match(text)) and _is_credit_code(found.group()):
        text = text[18:]
    return next((code.group() for code in _CODE.finditer(text) if _is_resident_number(code.group().upper())), None)


def is_sealer(name: Name) -> bool:
    """Tell whether a name follows the convention of government seals: O = credit code and name, CN = seal code."""
    organisation, common = name.get(oids.ORGANISATION) or "", name.get(oids.COMMON_NAME) or ""
    code = _LEADING_CODE.match(organisation)
    return bool(code and _is_credit_code(code.group()) and organisation[18:].strip() and _SEAL_CODE.fullmatch(common))


def _is_resident_number(code: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_RESIDENT_WEIGHTS, code, strict=False))
    if code[17] != _RESIDENT_CHECKS[total % 11]:
        return False
    try:
        return 1850 <= date(int(code[6:10]), int(code[10:12]), int(code[12:14])).year <= 2150
    except ValueError:
        return False


def _is_credit_code(code: str) -> bool:
    total = sum(_CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    return code[17] == _CREDIT_SIGNS[-total % 31]
