"""Examine the whole journal: is every entry there, as it was written, and do the signed heads agree?"""

from collections.abc import Callable
from dataclasses import dataclass, field

from trust.audit.examination import Examination
from trust.audit.heads import HeadFile, HeadKeys, Heads
from trust.audit.report import JournalReport
from trust.storage.database import Database


@dataclass(frozen=True, slots=True)
class VerifyJournal:
    """Compare entries, codes, tree and heads; runs beside a working service.

    The newest head lies outside the database. Without it, a database put back to an older state looks whole.
    """

    database: Database
    head_keys: HeadKeys
    heads: HeadFile
    journal_keys: tuple[bytes, ...] = field(repr=False)  # every generation of the secret `journal-mac`, newest first

    def __call__(self, progress: Callable[[int, int], object] = lambda _done, _all: None) -> JournalReport:
        """Return what was found; ``progress`` hears how many entries are done and how many there are."""
        outside = self.heads.read()
        with self.database.reading() as db:
            notes = [*Heads(db).notes(), *([outside] if outside is not None else [])]
            return Examination(db, self.journal_keys, self.head_keys, progress)(notes)
