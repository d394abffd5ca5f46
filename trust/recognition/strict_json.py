"""JSON in one spelling: what is read must be the bytes that we would write.

Two programs that read different values from the same signed bytes are an attack. So numbers are whole and small, names
occur once, and text written in any other way than ours is refused.

Standard:
    RFC 8259; RFC 8785 (JSON canonicalisation) for objects with ASCII names, without fractions.
"""

import json
from typing import Any, Final, NoReturn

MAX_DIGITS: Final = 15  # whole numbers that every reader keeps exactly


class NotStrict(ValueError):
    """The text is not JSON, or not in the one spelling."""


def encode(value: object) -> bytes:
    """Write names in order, no spaces, text unescaped where JSON allows it, as UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def decode(data: bytes) -> Any:
    """Read a value and insist that the bytes are its only spelling.

    Raises:
        NotStrict: anything else, nesting beyond what the interpreter reads included.
    """
    value, spelling = _load(data)
    if spelling != data:
        raise NotStrict("not in canonical form")
    return value


def read(data: bytes) -> Any:
    """Read a value whose spaces and order of names are free, as in a file that people keep by hand.

    Raises:
        NotStrict: not JSON, a name twice, a fraction, a long number, or half a surrogate pair.
    """
    return _load(data)[0]


def _load(data: bytes) -> tuple[Any, bytes]:
    """The value, and its one spelling, which half a surrogate pair does not have."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=_refuse,
            parse_int=_whole,
            parse_constant=_refuse,
        )
        return value, encode(value)
    except RecursionError as exc:
        raise NotStrict("nested too deeply") from exc
    except UnicodeError as exc:
        raise NotStrict("not UTF-8") from exc
    except ValueError as exc:
        raise NotStrict(str(exc)) from exc


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotStrict("a name occurs twice")
    return members


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise NotStrict("a number is too long")
    return int(text)


def _refuse(text: str) -> NoReturn:
    raise NotStrict(f"{text} is no whole number")
