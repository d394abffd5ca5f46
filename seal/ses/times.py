"""Instants as seal products write them in text, where the standard wants a time or leaves it open.

Text without a zone is Beijing time. Text with a Z is taken at its word, although some products write local time before
the Z: the caller compares two statements and remarks on eight hours between them.

Standard:
    GM/T 0031-2014 (timeInfo, "a time stamp or a UTCTIME"); GB/T 33190-2016 section 18.2 (SignatureDateTime).
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

BEIJING: Final = timezone(timedelta(hours=8))
LOCAL_AS_UTC: Final = timedelta(hours=8)
_SLACK: Final = timedelta(minutes=5)
_MAX_TEXT: Final = 64
_COMPACT: Final = re.compile(r"(\d{4}|\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,9}))?(Z?)", re.ASCII)
_ISO: Final = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_UNIX: Final = re.compile(r"(\d{10})(\d{3})?", re.ASCII)


def parse(text: str) -> datetime | None:
    """Return the UTC instant a text means, or None when it means none we know."""
    text = text.strip("\0 \t\r\n")
    if len(text) > _MAX_TEXT:
        return None
    try:
        if found := _UNIX.fullmatch(text):
            return datetime.fromtimestamp(int(found[1]), UTC)
        if found := _COMPACT.fullmatch(text):
            return _instant(found)
        if found := _ISO.fullmatch(text):
            return _instant(found)
    except (ValueError, OverflowError):
        return None
    return None


def is_utc_time(text: str) -> bool:
    """Tell whether a text is exactly that of a UTCTime, the one form that GM/T 0031-2014 names."""
    return len(text) == len("YYMMDDHHMMSSZ") and text[:-1].isascii() and text[:-1].isdigit() and text.endswith("Z")


def local_as_utc(stated: datetime, other: datetime) -> bool:
    """Tell whether two statements of one instant differ by the eight hours of a local time written as UTC."""
    return abs(abs(stated - other) - LOCAL_AS_UTC) <= _SLACK


def _instant(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    if len(found[1]) == 2:
        year += 2000 if year < 50 else 1900
    micros = int((found[7] or "0")[:6].ljust(6, "0"))
    return datetime(year, month, day, hour, minute, second, micros, _zone(found[8] or "")).astimezone(UTC)


def _zone(zone: str) -> timezone:
    if not zone:
        return BEIJING
    if zone == "Z":
        return UTC
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return timezone(-offset if zone[0] == "-" else offset)
