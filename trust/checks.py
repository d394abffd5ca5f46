"""What every home stands on, asked part by part: database, tables, keys, SM2, clock and journal."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from certs.sm import providers
from trust.audit.tables import journal_entries
from trust.errors import Kind, TrustError
from trust.home import JOURNAL_KEY, SchemaBehind, Sm2NotProved
from trust.keys.errors import KeyMissing
from trust.migrations import schema
from trust.plugin import Floor
from trust.readiness import Check

MAX_UNNUMBERED_AGE: Final = timedelta(seconds=60)  # the sequencer needs one second

_NEWEST = select(func.max(journal_entries.c.id))
_NEWEST_AT = select(journal_entries.c.at).where(journal_entries.c.id == _NEWEST.scalar_subquery())
_OLDEST_UNNUMBERED = select(func.min(journal_entries.c.at)).where(journal_entries.c.leaf_index.is_(None))
_COUNT_UNNUMBERED = select(func.count()).where(journal_entries.c.leaf_index.is_(None))


class ClockWentBack(TrustError):
    """The journal holds an entry of an instant that this machine's clock has not reached."""

    kind, code = Kind.UNAVAILABLE, "clock-went-back"


class JournalBehind(TrustError):
    """Entries wait for their number much longer than a sequencer needs."""

    kind, code = Kind.UNAVAILABLE, "journal-behind"


def of_floor(floor: Floor, *, sequenced: bool) -> list[Check]:
    """The checks of a home; `sequenced` tells whether a sequencer should be at work now."""

    def database() -> str:
        with floor.database.reading() as db:
            db.execute(select(1))
        return floor.database.engine.dialect.name

    def migrations() -> None:
        if behind := schema.pending(floor.database):
            raise SchemaBehind(f"the tables wait for {', '.join(behind)}")

    def keys() -> str:
        if JOURNAL_KEY not in (names := floor.keys.names()):  # reads the folder: the ring may have gone with its disk
            raise KeyMissing(f"the ring has no key {JOURNAL_KEY}")
        return f"{len(names)} keys, {floor.keys.grade.value}"

    def sm2() -> str:
        report = providers.report()
        if not report.signs:
            raise Sm2NotProved(f"{report.name or 'nothing'} computes SM2 here, and nothing may sign")
        return f"{report.name}: {report.build}, {report.compiler}"

    def clock() -> str:
        with floor.database.reading() as db:
            newest = db.execute(_NEWEST_AT).scalar()
        ahead = timedelta(seconds=floor.settings.clock.max_jump_seconds)
        if newest is not None and newest > floor.clock.now() + ahead:
            raise ClockWentBack(f"the journal has an entry of {newest.isoformat()}")
        return "supervised" if floor.settings.clock.supervised else "not supervised"

    def journal() -> str:
        with floor.database.reading() as db:
            oldest = db.execute(_OLDEST_UNNUMBERED).scalar()
            waiting = db.execute(_COUNT_UNNUMBERED).scalar() or 0 if oldest else 0
        if sequenced and oldest is not None and floor.clock.now() - oldest > MAX_UNNUMBERED_AGE:
            raise JournalBehind(f"{waiting} entries wait for a number since {oldest.isoformat()}")
        return f"{waiting} entries wait for a number"

    return [
        Check("database", database),
        Check("migrations", migrations),
        Check("keys", keys),
        Check("sm2", sm2),
        Check("clock", clock),
        Check("journal", journal),
    ]
