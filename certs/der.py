"""Read DER: one cursor with two attitudes, strict for what we define, tolerant for what others wrote.

A strict reader refuses every second spelling of a value, so whatever it accepts has one encoding only. A tolerant
reader accepts the deviations met in real files and notes each as a remark (`verification-report.md` section 4).

Standard:
    ITU-T X.690 (distinguished encoding rules).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final, NamedTuple, Self

from certs.errors import LimitExceeded, MalformedEncoding

MAX_DEPTH: Final = 32
_FRACTION: Final = re.compile(r"[0-9]{1,9}")

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
ENUMERATED: Final = 0x0A
UTF8_STRING: Final = 0x0C
NUMERIC_STRING: Final = 0x12
PRINTABLE_STRING: Final = 0x13
T61_STRING: Final = 0x14
IA5_STRING: Final = 0x16
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
VISIBLE_STRING: Final = 0x1A
BMP_STRING: Final = 0x1E
SEQUENCE: Final = 0x30
SET: Final = 0x31

TEXT_CODECS: Final = {
    UTF8_STRING: "utf-8",
    NUMERIC_STRING: "ascii",
    PRINTABLE_STRING: "ascii",
    T61_STRING: "latin-1",
    IA5_STRING: "ascii",
    VISIBLE_STRING: "ascii",
    BMP_STRING: "utf-16-be",
}


def context(number: int, *, constructed: bool = True) -> int:
    """Return the identifier octet of context tag `number`, 0 to 30."""
    return (0xA0 if constructed else 0x80) | number


class Tlv(NamedTuple):
    """One element as it stands in the bytes: identifier octet, content, and the whole encoding."""

    tag: int
    content: bytes
    raw: bytes


class Reader:
    """A cursor over a run of elements.

    Attributes:
        strict: whether only the distinguished encoding is accepted.
        remarks: deviation codes met so far, shared by all nested readers.

    Raises:
        MalformedEncoding: by every method, when the bytes are not what is asked for.
    """

    __slots__ = ("_data", "_depth", "_end", "_position", "remarks", "strict")

    def __init__(self, data: bytes, *, strict: bool = True, remarks: set[str] | None = None) -> None:
        """Stand before the first element of `data`."""
        self._data = data
        self._position = 0
        self._end = len(data)
        self._depth = 0
        self.strict = strict
        self.remarks: set[str] = set() if remarks is None else remarks

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Insist on the end of the run, unless an error is already on its way."""
        if kind is None:
            self.finish()

    def finish(self) -> None:
        """Insist that nothing is left."""
        if self._position != self._end:
            raise MalformedEncoding(f"{self._end - self._position} bytes are left over")

    def more(self) -> bool:
        """Tell whether another element follows."""
        return self._position < self._end

    def peek(self) -> int | None:
        """Return the identifier octet of the next element, or None at the end."""
        return self._data[self._position] if self._position < self._end else None

    def remark(self, code: str) -> None:
        """Note a deviation, or refuse it when reading strictly."""
        if self.strict:
            raise MalformedEncoding(f"not the distinguished encoding: {code}")
        self.remarks.add(code)

    # --- elements -------------------------------------------------------------------------------------------------

    def element(self) -> Tlv:
        """Take the next element, whatever it is."""
        start, content, stop = self._bounds()
        self._position = stop
        return Tlv(self._data[start], self._data[content:stop], self._data[start:stop])

    def raw(self, tag: int | None = None) -> bytes:
        """Take the next element and return its whole encoding, exactly as received."""
        if tag is not None:
            self._expect(tag)
        return self.element().raw

    def content(self, tag: int) -> bytes:
        """Take an element of this tag and return its content octets."""
        self._expect(tag)
        return self.element().content

    def inside(self, tag: int = SEQUENCE) -> "Reader":
        """Enter a constructed element; use it in a `with` block so that left-over bytes are refused."""
        self._expect(tag)
        _, content, stop = self._bounds()
        if self._depth >= MAX_DEPTH:
            raise LimitExceeded(f"nested deeper than {MAX_DEPTH}")
        nested = Reader(self._data, strict=self.strict, remarks=self.remarks)
        nested._position, nested._end, nested._depth = content, stop, self._depth + 1
        self._position = stop
        return nested

    def has(self, tag: int) -> bool:
        """Tell whether the next element has this tag."""
        return self.peek() == tag

    def each(self, tag: int = SEQUENCE) -> Iterator["Reader"]:
        """Enter every remaining element, each of which must have this tag."""
        while self.more():
            with self.inside(tag) as item:
                yield item

    # --- values ---------------------------------------------------------------------------------------------------

    def integer(self, tag: int = INTEGER) -> int:
        """Take an INTEGER (or, with its tag, an ENUMERATED or implicitly tagged one)."""
        content = self.content(tag)
        if not content:
            raise MalformedEncoding("an integer without content")
        if len(content) > 1 and (
            (content[0] == 0 and content[1] < 0x80) or (content[0] == 0xFF and content[1] >= 0x80)
        ):
            self.remark("non-minimal-integer")
        return int.from_bytes(content, "big", signed=True)

    def boolean(self, tag: int = BOOLEAN) -> bool:
        """Take a BOOLEAN."""
        content = self.content(tag)
        if len(content) != 1:
            raise MalformedEncoding("a boolean of other than one octet")
        if content[0] not in (0x00, 0xFF):
            self.remark("ber-encoding")
        return content[0] != 0

    def oid(self, tag: int = OBJECT_IDENTIFIER) -> str:
        """Take an OBJECT IDENTIFIER in dotted form."""
        return _decode_oid(self.content(tag))

    def null(self) -> None:
        """Take a NULL."""
        if self.content(NULL):
            raise MalformedEncoding("a NULL with content")

    def octets(self, tag: int = OCTET_STRING) -> bytes:
        """Take an OCTET STRING."""
        return self.content(tag)

    def bits(self, tag: int = BIT_STRING) -> bytes:
        """Take a BIT STRING of whole octets; a wrong count of unused bits is the remark `unused-bits`."""
        content = self.content(tag)
        if not content:
            raise MalformedEncoding("a bit string without its first octet")
        if content[0] != 0:
            self.remark("unused-bits")
        return content[1:]

    def named_bits(self, tag: int = BIT_STRING) -> frozenset[int]:
        """Take a BIT STRING with named bits and return the positions that are set."""
        content = self.content(tag)
        if not content or content[0] > 7 or (len(content) == 1 and content[0] != 0):
            raise MalformedEncoding("a bit string with a wrong count of unused bits")
        unused, octets = content[0], content[1:]
        if octets and (octets[-1] & ((1 << unused) - 1) or not octets[-1] & (1 << unused)):
            self.remark("ber-encoding")  # padding bits set, or trailing zero bits left in
        return frozenset(
            index * 8 + bit for index, octet in enumerate(octets) for bit in range(8) if octet & (0x80 >> bit)
        )

    def text(self, *tags: int) -> str:
        """Take a character string of one of these kinds (none given: any kind)."""
        tag = self.peek()
        if tag not in TEXT_CODECS or (tags and tag not in tags):
            raise MalformedEncoding(f"expected text, found {_name(tag)}")
        content = self.element().content
        try:
            return content.decode(TEXT_CODECS[tag])
        except UnicodeDecodeError as wrong:
            if tag in (IA5_STRING, PRINTABLE_STRING, VISIBLE_STRING) and not self.strict:
                self.remarks.add("ia5-not-ascii")
                return content.decode("utf-8", "replace")
            raise MalformedEncoding(f"text that is not {TEXT_CODECS[tag]}") from wrong

    def time(self) -> datetime:
        """Take a UTCTime or GeneralizedTime as an aware UTC instant."""
        tag = self.peek()
        if tag not in (UTC_TIME, GENERALIZED_TIME):
            raise MalformedEncoding(f"expected a time, found {_name(tag)}")
        try:
            text = self.element().content.decode("ascii")
        except UnicodeDecodeError as wrong:
            raise MalformedEncoding("a time that is not ASCII") from wrong
        return self._parse_time(text, short=tag == UTC_TIME)

    # --- inner workings -------------------------------------------------------------------------------------------

    def _expect(self, tag: int) -> None:
        if self.peek() != tag:
            raise MalformedEncoding(f"expected {_name(tag)}, found {_name(self.peek())}")

    def _bounds(self) -> tuple[int, int, int]:
        """Return start, start of content and end of the next element."""
        data, start, end = self._data, self._position, self._end
        if start + 2 > end:
            raise MalformedEncoding("the bytes end inside an element")
        if data[start] & 0x1F == 0x1F:
            raise MalformedEncoding("a tag number above 30")
        length = data[start + 1]
        content = start + 2
        if length >= 0x80:
            count = length & 0x7F
            if count == 0:
                raise MalformedEncoding("an indefinite length")
            if count > 4 or content + count > end:
                raise MalformedEncoding("a length that runs out of the bytes")
            length = int.from_bytes(data[content : content + count], "big")
            content += count
            if length < 0x80 or length < 1 << 8 * (count - 1):
                self.remark("ber-encoding")
        if content + length > end:
            raise MalformedEncoding("an element that runs out of the bytes")
        return start, content, content + length

    def _parse_time(self, text: str, *, short: bool) -> datetime:
        """Parse the text of a time; anything but `YYMMDDHHMMSSZ` / `YYYYMMDDHHMMSS[.f]Z` is a remark or an error."""
        digits = 12 if short else 14
        body, rest = text[:digits], text[digits:]
        if not (body.isascii() and body.isdigit() and len(body) == digits):
            raise MalformedEncoding(f"not a time: {text!r}")
        fraction = ""
        if rest.startswith(".") and not short:
            found = _FRACTION.match(rest, 1)
            if found is None:
                raise MalformedEncoding(f"not a time: {text!r}")
            fraction = found.group()
            if fraction.endswith("0"):
                self.remark("date-format")
            rest = rest[1 + len(fraction) :]
        zone: timezone = UTC
        if rest != "Z":
            self.remark("date-format")
            zone = _zone(rest, text)
        if short:
            body = ("20" if int(body[:2]) < 50 else "19") + body
        try:
            day = int(body[:4]), int(body[4:6]), int(body[6:8])
            whole = datetime(*day, int(body[8:10]), int(body[10:12]), int(body[12:]), tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError) as wrong:
            raise MalformedEncoding(f"not a time: {text!r}") from wrong
        return whole + timedelta(microseconds=int(fraction[:6].ljust(6, "0"))) if fraction else whole


def reading(data: bytes, *, strict: bool = True, remarks: set[str] | None = None) -> Reader:
    """Open a reader, for a `with` block, over exactly one run of elements and refuse whatever is left at the end."""
    return Reader(data, strict=strict, remarks=remarks)


def _zone(rest: str, text: str) -> timezone:
    """Parse the zone of a tolerated time: nothing (taken as UTC) or `+hhmm`."""
    if not rest:
        return UTC
    if len(rest) == 5 and rest[0] in "+-" and rest[1:].isascii() and rest[1:].isdigit():
        minutes = int(rest[1:3]) * 60 + int(rest[3:])
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=minutes if rest[0] == "+" else -minutes))
    raise MalformedEncoding(f"not a time: {text!r}")


@lru_cache(maxsize=1024)
def _decode_oid(content: bytes) -> str:
    if not content or content[-1] & 0x80 or len(content) > 64:
        raise MalformedEncoding("not an object identifier")
    arcs: list[int] = []
    value, fresh = 0, True
    for octet in content:
        if fresh and octet == 0x80:
            raise MalformedEncoding("an object identifier with a padded arc")
        value = value << 7 | octet & 0x7F
        fresh = not octet & 0x80
        if fresh:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))


def _name(tag: int | None) -> str:
    return "the end" if tag is None else f"tag 0x{tag:02x}"
