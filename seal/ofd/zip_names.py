"""Names of members: their encodings in the wild, what makes two of them one, and what no name may be.

Standard:
    GB/T 33190-2016 clause 6 (package); PKWARE APPNOTE 6.3, appendix D (encoding of names).
"""

import re
import unicodedata
from typing import Final

from seal.ofd.errors import PackageLimitExceeded, PackageMalformed

MAX_NAME_BYTES: Final = 1_024
FLAG_UTF8: Final = 0x0800
EXTRA_UNICODE_PATH: Final = 0x7075
_DRIVE: Final = re.compile(r"^[A-Za-z]:")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def normalise(name: str) -> str:
    """Return the form under which two names count as one: composed, without regard to letter case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def decode_name(raw: bytes, flags: int, extra: dict[int, bytes], remarks: set[str], *, strict: bool) -> str:
    """Return the text of a name, by its flag or by what it can only be.

    Raises:
        PackageMalformed: no known encoding, or two different names for one member.
        PackageLimitExceeded: it is absurdly long.
    """
    if len(raw) > MAX_NAME_BYTES:
        raise PackageLimitExceeded("a member name of over a kilobyte")
    if strict and not (flags & FLAG_UTF8 or raw.isascii()):
        raise PackageMalformed(f"{raw!r}: a name in no stated encoding")
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        if flags & FLAG_UTF8:
            raise PackageMalformed(f"{raw!r}: a name that is not UTF-8") from wrong
        try:
            name = raw.decode("gb18030")
        except UnicodeDecodeError:
            raise PackageMalformed(f"{raw!r}: a name in no known encoding") from wrong
    second = extra.get(EXTRA_UNICODE_PATH)
    if second is not None and second[5:] != name.encode():
        raise PackageMalformed(f"{raw!r}: two different names for one member")
    if "\\" in name:
        if strict:
            raise PackageMalformed(f"{name!r}: a backslash in a name")
        remarks.add("path-repaired")
        name = name.replace("\\", "/")
    return name


def check_name(name: str) -> None:
    """Refuse a relative member name that could lead out of the package or be read in two ways."""
    if not name or _CONTROL.search(name) or _DRIVE.match(name):
        raise PackageMalformed(f"{name!r}: not a member name")
    if any(part in ("", ".", "..") for part in name.split("/")):
        raise PackageMalformed(f"{name!r}: a name that climbs, repeats or starts with a slash")
    try:
        name.encode()
    except UnicodeEncodeError as wrong:
        raise PackageMalformed(f"{name!r}: not a member name") from wrong
