"""Who acts under which mandate, and the end of all that hung on one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from idp.model.mandate import Mandate, MandateRole, Scope
from idp.storage.mandates import Mandates
from idp.storage.tables import grants as g
from idp.storage.tables import sessions as s
from idp.storage.tables_ties import actings as t
from trust.storage.upsert import insert_for
from trust.values.assurance import Rank

_RELEASE = update(s).where(s.c.acting == bindparam("of_mandate")).values(acting=None)
# The mandate's id is random, so that the text of a grant's context contains it only where it was acted under.
_REVOKE = (
    update(g)
    .where(
        g.c.sid.in_(select(t.c.sid).where(t.c.mandate == bindparam("of_mandate"))),
        g.c.revoked_at.is_(None),
        g.c.context.contains(bindparam("of_mandate")),
    )
    .values(revoked_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Acting:
    """Under what somebody acts for a body; for an agent body, what its mandate and the person's own both allow."""

    mandate: str
    body: str
    role: MandateRole
    scope: Scope
    floor: Rank
    cap: Rank
    until: datetime | None
    through: str = ""  # the agent body

    @property
    def context(self) -> dict[str, Any]:
        """What a grant keeps of it: the members of `act` beside the person's subject."""
        said: dict[str, Any] = {"body": self.body, "role": self.role.value, "mandate": self.mandate}
        if self.scope.items:
            said["scope"] = [f"item:{one}" for one in self.scope.items]
        if self.scope.region:
            said["region"] = self.scope.region
        if self.until is not None:
            said["exp"] = int(self.until.timestamp())
        if self.through:
            said["through"] = self.through
        return said


@dataclass(frozen=True, slots=True)
class Actings:
    """What accounts may do for bodies now."""

    db: Connection

    def find(self, mandate: str, account: str, at: datetime) -> Acting | None:
        """Return under what an account acts by a mandate; None when it does not count, or not for this account.

        Ask at every authorization: that is how the end of a mandate reaches open sessions.
        """
        found = Mandates(self.db).find(mandate)
        return None if found is None or not found.live(at) else self._acting(found, account, at)

    def open_to(self, account: str, at: datetime) -> Sequence[Acting]:
        """Return everything an account may act under now, that of agent bodies included."""
        own = [one for one in Mandates(self.db).of_grantee(account) if one.live(at)]
        held = list(own)
        for body in dict.fromkeys(one.body for one in own):
            held += [one for one in Mandates(self.db).of_grantee(body) if one.live(at)]
        return [acting for one in held if (acting := self._acting(one, account, at)) is not None]

    def note(self, mandate: str, sid: str, account: str, at: datetime) -> None:
        """Remember that a session acted under a mandate."""
        statement = insert_for(self.db, t).on_conflict_do_nothing(index_elements=[t.c.mandate, t.c.sid])
        self.db.execute(statement, {"mandate": mandate, "sid": sid, "account": account, "at": at})

    def cut(self, mandate: str, at: datetime) -> int:
        """Let sessions act under a mandate no longer, and revoke what was granted under it; returns how many grants."""
        self.db.execute(_RELEASE, {"of_mandate": mandate})
        return self.db.execute(_REVOKE, {"of_mandate": mandate, "now": at}).rowcount

    def _acting(self, found: Mandate, account: str, at: datetime) -> Acting | None:
        if found.role is not MandateRole.AGENT_BODY:
            return _direct(found) if found.grantee == account else None
        for own in Mandates(self.db).of_grantee(account):
            if own.body != found.grantee or not own.live(at) or own.role is MandateRole.AGENT_BODY:
                continue
            scope = found.scope.within(own.scope)
            if scope is not None:
                ends = [one for one in (found.until, own.until) if one is not None]
                floor, cap = max(found.floor, own.floor), min(found.cap, own.cap)
                return Acting(found.id, found.body, found.role, scope, floor, cap, min(ends, default=None), own.body)
        return None


def _direct(found: Mandate) -> Acting:
    return Acting(found.id, found.body, found.role, found.scope, found.floor, found.cap, found.until)
