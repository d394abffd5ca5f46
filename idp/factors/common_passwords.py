"""Passwords that whoever guesses tries first: told by what they are made of, not by a list that somebody has to fetch.

A password is common when at most three parts make it up, each a word of the packaged list, a walk over the keyboard, a
repeated sign, a year or date, or a mobile number. Capital letters, look-alike signs and what stands between do not help.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

MOST_PARTS: Final = 3
_LEAST_RUN: Final = 3
_ALIKE: Final = str.maketrans("@$!|", "asii")
_BETWEEN: Final = re.compile(r"[\W_]+")
_DATE: Final = re.compile(r"(?:19|20)\d\d(?:1[0-2]|0?[1-9])?(?:3[01]|[12]\d|0?[1-9])?")
_SHORT_DATE: Final = re.compile(r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_TAIL: Final = re.compile(r"\d{1,4}\Z")
_WALKS: Final = (
    "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujmikolp", "147258369", "159357", "112233445566778899", "aabbccddeeff",
)  # fmt: skip


def is_common(password: str) -> bool:
    """Whether the password, in NFKC, is among those that are tried first."""
    plain = password.lower()
    return any(_weak(text) for text in {_BETWEEN.sub("", plain), _BETWEEN.sub("", plain.translate(_ALIKE))})


def _weak(text: str) -> bool:
    """Whether at most three parts cover the text."""
    if not text:
        return True
    reached, step = {0}, 0
    while reached and step < MOST_PARTS:
        reached = {end for start in reached for end in _ends(text, start)}
        if len(text) in reached:
            return True
        step += 1
    return False


def _ends(text: str, start: int) -> Iterator[int]:
    """Where parts that begin here may end."""
    words, longest = _words()
    for end in range(start + 2, min(len(text), start + longest) + 1):
        if text[start:end] in words:
            yield end
    same = start + 1
    while same < len(text) and text[same] == text[start]:
        same += 1
    yield from range(start + _LEAST_RUN, same + 1)
    for walk in _walks():
        end = _along(text, start, walk)
        yield from range(start + _LEAST_RUN, end + 1)
    for shape in (_DATE, _SHORT_DATE, _MOBILE, _TAIL):
        found = shape.match(text, start)
        if found is not None:
            yield found.end()


def _along(text: str, start: int, walk: str) -> int:
    """Where a walk that begins here leaves the keyboard's order."""
    place = walk.find(text[start : start + _LEAST_RUN]) if len(text) - start >= _LEAST_RUN else -1
    if place < 0:
        return start
    length = 0
    while start + length < len(text) and place + length < len(walk) and text[start + length] == walk[place + length]:
        length += 1
    return start + length


@cache
def _walks() -> tuple[str, ...]:
    return tuple(one for walk in _WALKS for one in (walk, walk[::-1]))


@cache
def _words() -> tuple[frozenset[str], int]:
    text = (files("idp.factors") / "data" / "common_words.txt").read_text("utf-8")
    words = frozenset(text.split())
    return words, max(map(len, words))
