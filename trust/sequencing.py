"""A home's journal put together: who numbers and signs it, who examines it, and the thread that does so for a server."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from trust.audit.heads import HeadFile, HeadKeys
from trust.errors import describe
from trust.home import JOURNAL_KEY, JOURNAL_MAC, head_file, origin
from trust.plugin import Floor
from trust.usecases.sequence_log import SequenceLog
from trust.usecases.verify_journal import VerifyJournal

PERIOD_SECONDS: Final = 0.5
AFTER_FAULT_SECONDS: Final = 5.0

_LOG = logging.getLogger(__name__)


def of_floor(floor: Floor) -> SequenceLog:
    """The use case over a home's own keys and files."""
    return SequenceLog(
        database=floor.database,
        clock=floor.clock,
        origin=origin(floor.settings),
        signer=floor.keys.signer(JOURNAL_KEY),
        heads=HeadFile(head_file(floor.settings)),
        journal_keys=tuple(floor.keys.generations(JOURNAL_MAC).values())[::-1],
    )


def examiner(floor: Floor) -> VerifyJournal:
    """What examines the journal that `of_floor` numbers."""
    return VerifyJournal(
        database=floor.database,
        head_keys=HeadKeys(origin(floor.settings), (floor.keys.public(JOURNAL_KEY),)),
        heads=HeadFile(head_file(floor.settings)),
        journal_keys=tuple(floor.keys.generations(JOURNAL_MAC).values())[::-1],
    )


class SequencerThread:
    """Runs a step about twice a second until it is stopped; a fault is logged and the loop goes on."""

    def __init__(self, step: Callable[[], object], period: float = PERIOD_SECONDS) -> None:
        self._step = step
        self._period = period
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, within: float) -> bool:
        """Let the step at hand end; returns whether it did in time."""
        self._stop.set()
        self._thread.join(within)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            pause = self._period
            try:
                self._step()
            except Exception as error:  # noqa: BLE001 -- the journal goes on whatever the database does
                _LOG.exception("sequencer: %s", describe(error).code)
                pause = AFTER_FAULT_SECONDS
            self._stop.wait(max(0.0, pause - (time.monotonic() - began)))
