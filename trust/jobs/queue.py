"""The jobs table as a queue: put in the caller's transaction, claim groups under a lease, finish with the result.

A claim is an ``UPDATE`` that moves ``due_at`` to the end of the lease and writes a fresh holder, so work whose
worker died falls due again by itself. The holder is checked again inside the transaction that writes the results:
a worker that lost its claim can commit nothing. New work is claimed in groups; work that was tried before is
claimed alone, so that one bad job stops no other.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update

from trust.clock import Clock
from trust.jobs.errors import ClaimLost, PayloadMalformed
from trust.jobs.tables import jobs as t
from trust.storage.upsert import insert_for

MAX_PAYLOAD_BYTES: Final = 1 << 20
MAX_ATTEMPTS: Final = 8
MAX_ERROR_CHARACTERS: Final = 500
_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(hours=1)

_WAITING = (
    t.c.kind == bindparam("of_kind"),
    t.c.done_at.is_(None),
    t.c.parked_at.is_(None),
    t.c.due_at <= bindparam("now"),
)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of claimed work."""

    id: int
    key: str
    payload: Mapping[str, Any]
    attempt: int  # 1 for the first


@dataclass(frozen=True, slots=True)
class Group:
    """What one claim took; ``holder`` proves that it is ours until another claims it."""

    kind: str
    holder: str
    jobs: tuple[Job, ...]

    def only(self, *jobs: Job) -> "Group":
        """Return the same claim narrowed to some of its jobs."""
        return replace(self, jobs=jobs)

    @property
    def ids(self) -> list[int]:
        return [job.id for job in self.jobs]


def _claim_statement(*, tried: bool) -> Any:
    # A CTE is evaluated once; a plain IN (... LIMIT ... SKIP LOCKED) PostgreSQL may evaluate again and take more.
    ready = (
        select(t.c.id)
        .where(*_WAITING, t.c.attempts > 0 if tried else t.c.attempts == 0)
        .order_by(t.c.due_at, t.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("ready")
    )
    return (
        update(t)
        .where(t.c.id.in_(select(ready.c.id)))
        .values(due_at=bindparam("until"), holder=bindparam("by"), attempts=t.c.attempts + 1)
        .returning(t.c.id, t.c.key, t.c.payload, t.c.attempts)
    )


_CLAIM_NEW = _claim_statement(tried=False)
_CLAIM_TRIED = _claim_statement(tried=True)
_ANY_WAITING = select(t.c.id).where(*_WAITING).limit(1)
_HELD = (
    t.c.id.in_(bindparam("ids", expanding=True)),
    t.c.holder == bindparam("by"),
    t.c.done_at.is_(None),
    t.c.parked_at.is_(None),
)
_OPEN = select(t.c.id).where(*_HELD)
_FINISH = update(t).where(*_HELD).values(done_at=bindparam("now"), error=None)
_RENEW = update(t).where(*_HELD).values(due_at=bindparam("until"))
_RETRY = update(t).where(*_HELD).values(due_at=bindparam("until"), holder=None, error=bindparam("why"))
_PARK = update(t).where(*_HELD).values(parked_at=bindparam("now"), holder=None, error=bindparam("why"))


@dataclass(frozen=True, slots=True)
class JobQueue:
    """The queue as one unit of work sees it: nothing here happens before the unit commits."""

    db: Connection
    clock: Clock

    def put(self, kind: str, key: str, payload: Mapping[str, Any], due_at: datetime | None = None) -> bool:
        """Put one job, due at once unless told; returns whether it is new.

        The pair of kind and key makes it the same job: putting it again changes nothing, finished or not.
        The payload is JSON and names things; personal values stay in encrypted fields.
        """
        return self.put_all(kind, [(key, payload)], due_at) == 1

    def put_all(self, kind: str, work: Iterable[tuple[str, Mapping[str, Any]]], due_at: datetime | None = None) -> int:
        """Put many jobs of a kind; returns how many are new."""
        due = due_at or self.clock.now()
        rows = [{"kind": kind, "key": key, "payload": _dump(payload), "due_at": due} for key, payload in work]
        if not rows:
            return 0
        statement = (
            insert_for(self.db, t)
            .on_conflict_do_nothing(index_elements=[t.c.kind, t.c.key])
            .inline()
            .execution_options(preserve_rowcount=True)
        )
        return self.db.execute(statement, rows if len(rows) > 1 else rows[0]).rowcount

    def waiting(self, kinds: Iterable[str]) -> list[str]:
        """Return those kinds of which a claim would find something; a glance without a lock."""
        now = self.clock.now()
        return [kind for kind in kinds if self.db.execute(_ANY_WAITING, {"of_kind": kind, "now": now}).first()]

    def unfinished(self, group: Group) -> tuple[Job, ...]:
        """Return the jobs of a claim that are still ours and not done."""
        held = set(self.db.execute(_OPEN, {"ids": group.ids, "by": group.holder}).scalars())
        return tuple(job for job in group.jobs if job.id in held)

    def claim(self, kind: str, lease: timedelta, most: int = 50) -> Group | None:
        """Take due jobs for the length of a lease: a group of new ones, or one that was tried before.

        A job whose worker died on each of its attempts is parked here, since nobody else could tell.
        """
        told = {"of_kind": kind, "now": self.clock.now(), "until": self.clock.now() + lease}
        for statement, limit in ((_CLAIM_NEW, most), (_CLAIM_TRIED, 1)):
            while True:
                holder = secrets.token_hex(16)
                rows = self.db.execute(statement, told | {"by": holder, "most": limit}).all()
                if not rows:
                    break
                taken = (Job(row.id, row.key, json.loads(row.payload), row.attempts) for row in rows)
                group = Group(kind, holder, tuple(sorted(taken, key=lambda job: job.id)))
                if group.jobs[0].attempt <= MAX_ATTEMPTS:
                    return group
                self.fail(group, "job-abandoned: every attempt ended without an answer")
        return None

    def finish(self, group: Group) -> None:
        """Mark the work done; the first statement of the transaction that writes its results.

        Raises:
            ClaimLost: another worker has it now; let the exception roll the results back.
        """
        told = {"ids": group.ids, "by": group.holder, "now": self.clock.now()}
        changed = self.db.execute(_FINISH, told).rowcount
        if changed != len(group.jobs):
            raise ClaimLost(f"{group.kind}: {len(group.jobs) - changed} of {len(group.jobs)} jobs are no longer ours")

    def renew(self, group: Group, lease: timedelta) -> None:
        """Prolong the lease of what is not finished, from now.

        Raises:
            ClaimLost: none of it is ours any more.
        """
        told = {"ids": group.ids, "by": group.holder, "until": self.clock.now() + lease}
        if not self.db.execute(_RENEW, told).rowcount:
            raise ClaimLost(f"{group.kind}: none of {len(group.jobs)} jobs is ours any more")

    def fail(self, group: Group, error: str) -> None:
        """Give the unfinished jobs of the group back, to be tried later, or park them after the last attempt.

        A group of several is due again at once, and each then alone; a single job waits longer each time.
        Jobs of the group that are finished, or held by another worker, are left as they are.
        """
        now = self.clock.now()
        for job in group.jobs:
            told = {"ids": [job.id], "by": group.holder, "why": error[:MAX_ERROR_CHARACTERS]}
            if job.attempt >= MAX_ATTEMPTS:
                self.db.execute(_PARK, told | {"now": now})
            else:
                wait = timedelta(0) if len(group.jobs) > 1 else _wait(job.attempt)
                self.db.execute(_RETRY, told | {"until": now + wait})

    def release(self, kind: str, key: str) -> bool:
        """Let a parked job be tried afresh; returns whether there was one."""
        freed = (
            update(t)
            .where(t.c.kind == kind, t.c.key == key, t.c.parked_at.is_not(None))
            .values(parked_at=None, attempts=0, due_at=self.clock.now())
        )
        return self.db.execute(freed).rowcount == 1

    def parked(self, kind: str | None = None) -> Sequence[tuple[str, str, str]]:
        """Return kind, key and last error of what waits for an operator."""
        found = select(t.c.kind, t.c.key, t.c.error).where(t.c.parked_at.is_not(None)).order_by(t.c.id)
        rows = self.db.execute(found if kind is None else found.where(t.c.kind == kind))
        return [(row.kind, row.key, row.error or "") for row in rows]

    def forget_done(self, before: datetime, most: int = 1_000) -> int:
        """Delete jobs done before the instant, a group at a time; returns how many went.

        Their keys may then be put again, so the age exceeds every period and every span in which senders repeat.
        """
        old = select(t.c.id).where(t.c.done_at < before).order_by(t.c.done_at).limit(most)
        return self.db.execute(delete(t).where(t.c.id.in_(old))).rowcount


def _wait(attempt: int) -> timedelta:
    """Double each time, with jitter, so that what failed together does not return together."""
    longest = min(_FIRST_WAIT * (1 << attempt - 1), _LONGEST_WAIT)
    return longest * (0.5 + secrets.randbelow(1_000) / 2_000)


def _dump(payload: Mapping[str, Any]) -> str:
    try:
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        size = len(text.encode())
    except (TypeError, ValueError) as error:
        raise PayloadMalformed(f"a job's payload is plain JSON: {error}") from error
    if size > MAX_PAYLOAD_BYTES:
        raise PayloadMalformed(f"a job's payload of {size} bytes; keep the data in an object and name it")
    return text
