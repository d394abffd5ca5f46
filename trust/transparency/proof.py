"""A proof to carry along: this entry stands at this index of a log with this signed head. Checked without network.

Standard:
    the text of C2SP tlog-proof with SM3 hashes, under a first line of its own since it is not compatible.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from certs.keys import PublicKey
from trust.transparency import merkle
from trust.transparency.checkpoint import MAX_NOTE_BYTES, Checkpoint, decode_hash, open_checkpoint
from trust.transparency.errors import NoteMalformed, ProofRejected

HEADER: Final = "sm3-tlog-proof/1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class LogProof:
    """An index, the path from it to the root, and the log's signed head as a note; nothing of it is checked yet."""

    index: int
    path: tuple[bytes, ...]
    note: str

    def encode(self) -> str:
        """Return the proof as text."""
        hashes = "".join(f"{base64.b64encode(hash_).decode()}\n" for hash_ in self.path)
        return f"{HEADER}\nindex {self.index}\n{hashes}\n{self.note}"

    @classmethod
    def decode(cls, text: str) -> Self:
        """Decode the text of a proof; it has one spelling only.

        Raises:
            NoteMalformed: not a proof.
        """
        if len(text) > 2 * MAX_NOTE_BYTES:
            raise NoteMalformed("too long for a proof")
        head, blank, note = text.partition("\n\n")
        lines = head.split("\n")
        found = _INDEX.fullmatch(lines[1]) if len(lines) > 1 and lines[0] == HEADER else None
        if not blank or found is None or len(lines) > merkle.MAX_PATH + 2:
            raise NoteMalformed("a proof is a header, an index, hashes, a blank line and a signed head")
        return cls(int(found[1]), tuple(decode_hash(line) for line in lines[2:]), note)

    def verify(self, entry: bytes, origin: str, keys: Sequence[PublicKey]) -> Checkpoint:
        """Check that the log ``origin`` holds this entry, and return the head that says so.

        Raises:
            NoteMalformed: the head is no checkpoint.
            NoteUnsigned: the head is not signed by a known key of the log.
            ProofRejected: the path does not lead from the entry to the head.
        """
        head = open_checkpoint(self.note, origin, keys)
        if self.index >= head.size:
            raise ProofRejected(f"no entry {self.index} in a log of {head.size}")
        merkle.verify_inclusion(merkle.leaf_hash(entry), self.index, head.size, self.path, head.root)
        return head
