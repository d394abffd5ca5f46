"""The signed head of a log: how many entries, and the root over them.

It is a note: text, a blank line, one line a signature. Our signatures are SM2 over the text; the lines of keys
that a reader does not know are kept and ignored, so neighbours may co-sign.

Standard:
    C2SP signed-note and tlog-checkpoint; signature type 0xff followed by ``SM2-SM3/1``, key identifier by SM3.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from certs import algorithms
from certs.errors import CertsError
from certs.keys import PublicKey
from certs.signer import Signer
from certs.sm import sm3
from trust.transparency.errors import NoteMalformed, NoteUnsigned
from trust.transparency.merkle import HASH_SIZE

MAX_NOTE_BYTES: Final = 64 << 10
MAX_SIGNATURES: Final = 64
MAX_SIZE: Final = (1 << 63) - 1

_TYPE: Final = b"\xffSM2-SM3/1"
_NAME = re.compile(r"[^\s+]{1,200}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_LINE = re.compile(r"— ([^\s+]{1,200}) ([A-Za-z0-9+/]+={0,2})")
_NOT_TEXT = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's name, its size and the root of its tree."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that signatures cover."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def sign(self, signer: Signer) -> str:
        """Return the note with the log's own signature, under the origin as the name of the key."""
        return f"{self.text()}\n{signature_line(self.origin, self.text(), signer)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text of a note, without its signatures.

        Raises:
            NoteMalformed: not a checkpoint, or one spelled otherwise than we would.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
            raise NoteMalformed("a checkpoint has three lines")
        origin, size = lines[0], lines[1]
        if not _NAME.fullmatch(origin) or not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
            raise NoteMalformed("a checkpoint begins with its origin and its size")
        return cls(origin, int(size), decode_hash(lines[2]))


@dataclass(frozen=True, slots=True)
class Signature:
    """A line of a note that nobody has checked yet."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures under it, none of them checked."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def decode(cls, note: str) -> Self:
        """Split a note into its text and its signatures.

        Raises:
            NoteMalformed: not a signed note.
        """
        if len(note) > MAX_NOTE_BYTES or _NOT_TEXT.search(note):
            raise NoteMalformed("a note is short text without control characters")
        text, blank, rest = note.rpartition("\n\n")
        lines = rest.split("\n")
        if not blank or not text or lines.pop() or not 0 < len(lines) <= MAX_SIGNATURES:
            raise NoteMalformed("a note is text, a blank line and signatures")
        return cls(text + "\n", tuple(_signature(line) for line in lines))

    def verify(self, name: str, key: PublicKey) -> None:
        """Check the signature of this named key over the text.

        Raises:
            NoteUnsigned: there is none, or it does not hold.
        """
        wanted = key_id(name, key)
        found = [each for each in self.signatures if (each.name, each.key_id) == (name, wanted)]
        if not found:
            raise NoteUnsigned(f"{name} has not signed this note")
        for each in found:
            try:
                key.verify(each.value, self.text.encode(), algorithms.SM2_SM3)
            except CertsError as error:
                raise NoteUnsigned(f"the signature of {name} does not hold") from error


def open_checkpoint(note: str, origin: str, keys: Sequence[PublicKey]) -> Checkpoint:
    """Return the checkpoint of a note that the log ``origin`` signed with one of its keys.

    Raises:
        NoteMalformed: not a checkpoint.
        NoteUnsigned: of another log, or not signed by this one.
    """
    parsed = Note.decode(note)
    checkpoint = Checkpoint.parse(parsed.text)
    if checkpoint.origin != origin:
        raise NoteUnsigned(f"this is a head of {checkpoint.origin}, not of {origin}")
    known = {key_id(origin, key): key for key in keys}
    for each in parsed.signatures:
        if each.name == origin and each.key_id in known:
            parsed.verify(origin, known[each.key_id])
            return checkpoint
    raise NoteUnsigned(f"{origin} has not signed this note with a key we know")


def signature_line(name: str, text: str, signer: Signer) -> str:
    """Return the line by which a key signs or co-signs a note's text."""
    if not _NAME.fullmatch(name):
        raise NoteMalformed(f"{name[:120]!r} cannot name a key: no spaces, no plus")
    value = key_id(name, signer.public_key) + signer.sign(text.encode())
    return f"— {name} {base64.b64encode(value).decode()}\n"


def key_id(name: str, key: PublicKey) -> bytes:
    """Return the four bytes by which a note's line says which key it is of."""
    return sm3.digest(name.encode() + b"\n" + _TYPE + key.spki)[:4]


def decode_hash(text: str) -> bytes:
    """Decode the base64 of a hash in its only spelling.

    Raises:
        NoteMalformed: not 32 bytes in base64.
    """
    hash_ = _base64(text)
    if len(hash_) != HASH_SIZE:
        raise NoteMalformed("a hash has 32 bytes")
    return hash_


def _signature(line: str) -> Signature:
    found = _LINE.fullmatch(line)
    if found is None:
        raise NoteMalformed("not a signature line")
    value = _base64(found[2])
    if len(value) < 5:
        raise NoteMalformed("a signature line begins with four bytes of its key")
    return Signature(found[1], value[:4], value[4:])


def _base64(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteMalformed("not base64") from error
    if base64.b64encode(value).decode() != text:
        raise NoteMalformed("base64 in a second spelling")
    return value
