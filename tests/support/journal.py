"""A journal with a log key and a head file, ready to be sequenced, attacked and verified."""

from dataclasses import dataclass
from pathlib import Path

from certs.keys import PrivateKey
from certs.signer import SoftwareSigner
from certs.sm.sm2 import Sm2PrivateKey
from tests.support.clock import SettableClock
from trust.audit.heads import HeadFile, HeadKeys
from trust.audit.report import JournalReport
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork, units_of_work
from trust.usecases.sequence_log import SequenceLog
from trust.usecases.verify_journal import VerifyJournal

ORIGIN = "journal.example.gov.cn"
KEY = bytes(range(32))
LOG_KEY = PrivateKey(Sm2PrivateKey.from_scalar(bytes(31) + b"\x07"))


@dataclass(frozen=True)
class JournalUnderTest:
    """All that a journal needs, over one database."""

    database: Database
    folder: Path
    clock: SettableClock

    @property
    def new_work(self) -> NewWork:
        return units_of_work(self.database, self.clock, KEY)

    @property
    def heads(self) -> HeadFile:
        return HeadFile(self.folder / "heads" / "newest")

    @property
    def head_keys(self) -> HeadKeys:
        return HeadKeys(ORIGIN, (LOG_KEY.public_key,))

    @property
    def sequence(self) -> SequenceLog:
        return SequenceLog(self.database, self.clock, ORIGIN, SoftwareSigner(LOG_KEY), self.heads, (KEY,))

    def append(self, *numbers: int) -> None:
        """One entry for each number, in one transaction."""
        with self.new_work() as work:
            for number in numbers:
                work.journal.append("thing-done", f"thing/{number}", "operator os:test", {"number": str(number)})

    def verify(self) -> JournalReport:
        return VerifyJournal(self.database, self.head_keys, self.heads, (KEY,))()
