"""Mandates as one transaction sees them; each change of state is one statement that one caller wins."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from idp.errors_ties import MandateMissing, TooManyAdministrators
from idp.model.mandate import MAX_ADMINISTRATORS, Mandate, MandateRole, MandateState, Scope
from idp.storage.tables_ties import mandates as t
from trust.storage.upsert import insert_for
from trust.values.assurance import Rank

_GET = select(t).where(t.c.id == bindparam("of_id"))
_LOCK = _GET.with_for_update()
_OF_GRANTEE = (
    select(t)
    .where(t.c.grantee == bindparam("of_grantee"), t.c.state != MandateState.ENDED.value)
    .order_by(t.c.at, t.c.id)
)
_OF_BODY = (
    select(t).where(t.c.body == bindparam("of_body"), t.c.state != MandateState.ENDED.value).order_by(t.c.at, t.c.id)
)
_HISTORY = select(t).where(t.c.body == bindparam("of_body")).order_by(t.c.at, t.c.id)
_ACCEPT = (
    update(t)
    .where(
        t.c.id == bindparam("of_id"),
        t.c.state == MandateState.OFFERED.value,
        t.c.offer_until > bindparam("now"),
    )
    .values(state=MandateState.ACTIVE.value, accepted_at=bindparam("now"), accepted_by=bindparam("who"))
)
_END = (
    update(t)
    .where(t.c.id == bindparam("of_id"), t.c.state != MandateState.ENDED.value)
    .values(state=MandateState.ENDED.value, ended_at=bindparam("now"), why=bindparam("because"), slot=None)
)
_MOVE = (
    update(t)
    .where(t.c.id == bindparam("of_id"), t.c.state == bindparam("from_state"))
    .values(state=bindparam("to_state"), why=bindparam("because"))
)
_NARROW = (
    update(t)
    .where(t.c.id == bindparam("of_id"), t.c.state != MandateState.ENDED.value)
    .values(
        items=bindparam("new_items"),
        region=bindparam("new_region"),
        floor=bindparam("new_floor"),
        cap=bindparam("new_cap"),
        until=bindparam("new_until"),
    )
)
_RUN_OUT = (
    select(t)
    .where(t.c.state != MandateState.ENDED.value, t.c.until <= bindparam("now"))
    .order_by(t.c.until)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Mandates:
    """Who may act for whom."""

    db: Connection

    def add(self, mandate: Mandate) -> Mandate:
        """Record a mandate and return it with its id.

        Raises:
            TooManyAdministrators: it would be one more than a body may have.
        """
        named = replace(mandate, id=mandate.id or secrets.token_hex(16))
        slots: Iterable[int | None] = (None,)
        if named.role is MandateRole.ADMINISTRATOR:
            slots = range(1, MAX_ADMINISTRATORS + 1)
        statement = insert_for(self.db, t).on_conflict_do_nothing(index_elements=[t.c.body, t.c.slot])
        for slot in slots:
            if self.db.execute(statement.returning(t.c.id), {**_row(named), "slot": slot}).first() is not None:
                return named
        raise TooManyAdministrators(f"a body has up to {MAX_ADMINISTRATORS} administrators")

    def get(self, mandate: str) -> Mandate:
        """Return the mandate; raises MandateMissing."""
        return _known(self.find(mandate))

    def find(self, mandate: str) -> Mandate | None:
        row = self.db.execute(_GET, {"of_id": mandate}).first()
        return None if row is None else _mandate(row)

    def lock(self, mandate: str) -> Mandate:
        """Return the mandate and keep others from changing it until the transaction ends; raises MandateMissing."""
        row = self.db.execute(_LOCK, {"of_id": mandate}).first()
        return _known(None if row is None else _mandate(row))

    def of_grantee(self, grantee: str) -> Sequence[Mandate]:
        """Return what an account, or an agent body, holds and is offered."""
        return [_mandate(row) for row in self.db.execute(_OF_GRANTEE, {"of_grantee": grantee})]

    def of_body(self, body: str) -> Sequence[Mandate]:
        """Return what a body granted and did not end."""
        return [_mandate(row) for row in self.db.execute(_OF_BODY, {"of_body": body})]

    def history(self, body: str) -> Sequence[Mandate]:
        """Return everything a body ever granted, oldest first."""
        return [_mandate(row) for row in self.db.execute(_HISTORY, {"of_body": body})]

    def accept(self, mandate: str, by: str, at: datetime) -> bool:
        """Accept an offer; tells whether it stood and nobody had decided before."""
        return self.db.execute(_ACCEPT, {"of_id": mandate, "who": by, "now": at}).rowcount == 1

    def end(self, mandate: str, why: str, at: datetime) -> bool:
        """End a mandate; tells whether this call was the one that did."""
        return self.db.execute(_END, {"of_id": mandate, "because": why, "now": at}).rowcount == 1

    def freeze(self, mandate: str, why: str) -> bool:
        """Let nobody act under an active mandate until it is confirmed; tells whether it was active."""
        return self._move(mandate, MandateState.ACTIVE, MandateState.FROZEN, why)

    def confirm(self, mandate: str) -> bool:
        """Let a frozen mandate count again; tells whether it was frozen."""
        return self._move(mandate, MandateState.FROZEN, MandateState.ACTIVE, "")

    def narrow(self, mandate: Mandate) -> bool:
        """Write scope, sureness and end back; tells whether the mandate had not ended."""
        told = {
            "of_id": mandate.id,
            "new_items": mandate.scope.encode(),
            "new_region": mandate.scope.region,
            "new_floor": mandate.floor.value,
            "new_cap": mandate.cap.value,
            "new_until": mandate.until,
        }
        return self.db.execute(_NARROW, told).rowcount == 1

    def run_out(self, at: datetime, most: int = 500) -> Sequence[Mandate]:
        """Return mandates whose time is over and that nobody ended yet."""
        return [_mandate(row) for row in self.db.execute(_RUN_OUT, {"now": at, "most": most})]

    def _move(self, mandate: str, before: MandateState, after: MandateState, why: str) -> bool:
        told = {"of_id": mandate, "from_state": before.value, "to_state": after.value, "because": why}
        return self.db.execute(_MOVE, told).rowcount == 1


def _known(found: Mandate | None) -> Mandate:
    if found is None:
        raise MandateMissing("there is no such mandate")
    return found


def _mandate(row: Any) -> Mandate:
    return Mandate(
        id=row.id,
        body=row.body,
        grantee=row.grantee,
        role=MandateRole(row.role),
        scope=Scope.decode(row.items, row.region),
        floor=Rank(row.floor),
        cap=Rank(row.cap),
        sub_grant=row.sub_grant,
        state=MandateState(row.state),
        granted_by=row.granted_by,
        under=row.under,
        at=row.at,
        since=row.since,
        until=row.until,
        offer_until=row.offer_until,
        accepted_at=row.accepted_at,
        accepted_by=row.accepted_by,
        ended_at=row.ended_at,
        why=row.why,
    )


def _row(mandate: Mandate) -> dict[str, Any]:
    return {
        "id": mandate.id,
        "body": mandate.body,
        "grantee": mandate.grantee,
        "role": mandate.role.value,
        "items": mandate.scope.encode(),
        "region": mandate.scope.region,
        "floor": mandate.floor.value,
        "cap": mandate.cap.value,
        "sub_grant": mandate.sub_grant,
        "state": mandate.state.value,
        "granted_by": mandate.granted_by,
        "under": mandate.under,
        "at": mandate.at,
        "since": mandate.since,
        "until": mandate.until,
        "offer_until": mandate.offer_until,
        "accepted_at": mandate.accepted_at,
        "accepted_by": mandate.accepted_by,
        "ended_at": mandate.ended_at,
        "why": mandate.why,
    }
