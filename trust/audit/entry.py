"""One entry of the journal and its only spelling in bytes: a line of ASCII JSON with a fixed order of members.

What others supply never breaks the line: control, formatting and direction characters stand escaped, a long value
is replaced by its digest. An entry keeps identifiers and digests, never personal values; that is the caller's care.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from certs.sm import sm3
from trust.audit.errors import EntryMalformed

MAX_VALUE_CHARACTERS: Final = 1_024
MAX_FACTS: Final = 64
MAX_ENTRY_BYTES: Final = 65_535  # what fits the 16-bit length of a log's entry bundle

_EVENT = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", re.ASCII)
_FACT = re.compile(r"[a-z][a-z0-9._-]{0,63}", re.ASCII)
_UNPRINTABLE = re.compile(
    "[\\\\\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_FOR_ENTRY: Final = b"journal entry\x00"
_FOR_NUMBERED: Final = b"journal numbered\x00"


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened, to what, by whom; every text in it is printable as it stands."""

    nonce: str
    at: datetime
    event: str  # "certificate-issued"
    subject: str  # what it happened to, by identifier
    by: str
    facts: str  # canonical JSON of texts

    @classmethod
    def of(cls, nonce: str, at: datetime, event: str, subject: str, by: str, facts: Mapping[str, str]) -> "Entry":
        """Compose an entry of what a caller says.

        Raises:
            EntryMalformed: the event or a fact's name is not a name, or there are more facts than allowed.
        """
        if len(event) > 100 or not _EVENT.fullmatch(event):
            raise EntryMalformed(f"{event[:120]!r} is not the name of an event")
        if len(facts) > MAX_FACTS or not all(_FACT.fullmatch(name) for name in facts):
            raise EntryMalformed(f"{event}: more than {MAX_FACTS} facts, or one without a proper name")
        text = _canonical({name: printable(value) for name, value in sorted(facts.items())})
        entry = cls(nonce, at.astimezone(UTC), event, printable(subject), printable(by), text)
        if len(entry.encode()) > MAX_ENTRY_BYTES:
            return cls(nonce, entry.at, event, entry.subject, entry.by, _canonical({"facts-digest": _digest(text)}))
        return entry

    def encode(self) -> bytes:
        """Return the canonical bytes, which the leaf of the Merkle tree covers."""
        at = self.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
        head = _canonical(
            {"v": "1", "nonce": self.nonce, "at": at, "event": self.event, "subject": self.subject, "by": self.by}
        )
        return f'{head[:-1]},"facts":{self.facts}}}'.encode()

    def mac(self, key: bytes) -> bytes:
        """Return what proves that our service wrote this entry, before it has a number."""
        return sm3.hmac(key, _FOR_ENTRY + self.encode())

    def numbered_mac(self, key: bytes, index: int) -> bytes:
        """Return what proves that our sequencer gave this entry this number."""
        return sm3.hmac(key, _FOR_NUMBERED + index.to_bytes(8, "big") + self.encode())


def printable(text: str) -> str:
    """Return the text with everything that could forge or hide a line escaped, or its digest when it is long."""
    if len(text) > MAX_VALUE_CHARACTERS:
        return _digest(text)
    return _UNPRINTABLE.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def _digest(text: str) -> str:
    return f"sm3:{sm3.digest(text.encode('utf-8', 'surrogatepass')).hex()};characters={len(text)}"


def _canonical(members: Mapping[str, str]) -> str:
    return json.dumps(members, ensure_ascii=True, separators=(",", ":"))
