"""Number what waits in the journal and sign its head: what the sequencer's loop does about once a second."""

from dataclasses import dataclass, field

from certs.keys import PublicKey
from certs.signer import Signer
from trust.audit.errors import JournalForked
from trust.audit.heads import HeadFile, HeadKeys, Heads
from trust.audit.sequencer import Sequencer, Tree
from trust.clock import Clock
from trust.storage.database import Database
from trust.transparency.checkpoint import Checkpoint
from trust.transparency.errors import NoteMalformed, NoteUnsigned


@dataclass(frozen=True, slots=True)
class SequenceLog:
    """Number waiting entries, then sign a head if the tree has grown since the last one.

    Heads are signed over committed entries only, with no transaction open, and never over a tree that lost or
    changed what an earlier head covers.
    """

    database: Database
    clock: Clock
    origin: str
    signer: Signer
    heads: HeadFile
    journal_keys: tuple[bytes, ...] = field(repr=False)  # every generation of `journal-mac`, newest first
    earlier_keys: tuple[PublicKey, ...] = ()  # that signed heads before the signer's

    def __call__(self) -> int:
        """Return how many entries got their number.

        Raises:
            JournalForked: the tree contradicts its last signed head; entries are numbered, no head is signed.
        """
        numbered = self.number()
        self.sign_head()
        return numbered

    def number(self) -> int:
        """Number all that waits, a thousand in a transaction; returns how many."""
        numbered = 0
        while self._has_pending():
            with self.database.writing() as db:
                count = Sequencer(db, self.journal_keys).number()
            if count == 0:  # another sequencer is at it
                break
            numbered += count
        return numbered

    def sign_head(self) -> Checkpoint | None:
        """Sign the tree as it stands if it has grown; returns the head, or None when there is nothing to sign."""
        last = self._last_head()
        with self.database.reading() as db:
            tree = Tree(db)
            size = tree.size()
            self._refuse_fork(tree, size, last)
            if size == (last.size if last else 0):
                return None
            head = Checkpoint(self.origin, size, tree.root(size))
        note = head.sign(self.signer)
        self.heads.write(note)  # outside first: a head the database lost is still known
        with self.database.writing() as db:
            Heads(db).save(head, note, self.clock.now())
        return head

    def _has_pending(self) -> bool:
        with self.database.reading() as db:
            return Tree(db).has_pending()

    def _last_head(self) -> Checkpoint | None:
        note = self.heads.read()
        if note is None:
            with self.database.reading() as db:
                note = Heads(db).newest()
        if note is None:
            return None
        try:
            return HeadKeys(self.origin, (*self.earlier_keys, self.signer.public_key)).open(note)
        except (NoteMalformed, NoteUnsigned) as error:
            raise JournalForked("the last signed head is not one of this journal's") from error

    def _refuse_fork(self, tree: Tree, size: int, last: Checkpoint | None) -> None:
        if last is None:
            return
        if size < last.size:
            raise JournalForked(f"{size} entries where a signed head counts {last.size}")
        try:
            same = tree.root(last.size) == last.root
        except ValueError as error:
            raise JournalForked(f"the tree does not reach its signed head of {last.size}") from error
        if not same:
            raise JournalForked(f"the first {last.size} entries are not those of the signed head")
