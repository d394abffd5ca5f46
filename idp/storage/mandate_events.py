"""What events in the lives of bodies and persons do to mandates; each is written to the journal of its transaction.

Other rooms call these inside the transaction of the event itself, so that neither is kept without the other.
"""

from datetime import datetime

from idp.model.mandate import Mandate, MandateRole, MandateState, Scope
from idp.storage.actings import Actings
from idp.storage.mandates import Mandates
from trust.storage.unit_of_work import UnitOfWork
from trust.values.assurance import HIGHEST, Rank

REPRESENTATIVE_FLOOR = Rank(3)


def recognise_representative(work: UnitOfWork, body: str, account: str, by: str, at: datetime) -> Mandate:
    """Let an account act for a body whose register entry names it as representative.

    Whoever was the representative before is so no longer, and what he granted is frozen until the new one confirms it.
    """
    held = Mandates(work.db).of_body(body)
    named = [one for one in held if one.role is MandateRole.LEGAL_REPRESENTATIVE]
    for one in named:
        if one.grantee == account and one.state is MandateState.ACTIVE:
            return one
    for one in named:
        _end(work, one, "representative-changed", by, at)
    if named:
        freeze_mandates(work, body, by, at)
    mandate = Mandates(work.db).add(
        Mandate(
            id="",
            body=body,
            grantee=account,
            role=MandateRole.LEGAL_REPRESENTATIVE,
            scope=Scope(),
            floor=REPRESENTATIVE_FLOOR,
            cap=HIGHEST,
            sub_grant=True,
            state=MandateState.ACTIVE,
            granted_by="",
            under="",
            at=at,
            since=at,
            until=None,
            offer_until=at,
            accepted_at=at,
            accepted_by=account,
        )
    )
    work.journal.append("representative-recognised", f"mandate/{mandate.id}", by, {"body": body, "grantee": account})
    return mandate


def freeze_mandates(work: UnitOfWork, body: str, by: str, at: datetime, why: str = "representative-changed") -> int:
    """Freeze everything a body granted until its new representative confirms it; offers end; returns how many froze."""
    mandates, frozen = Mandates(work.db), 0
    for one in mandates.of_body(body):
        if one.state is MandateState.OFFERED:
            _end(work, one, why, by, at)
        elif mandates.freeze(one.id, why):
            frozen += 1
            Actings(work.db).cut(one.id, at)
            work.journal.append("mandate-frozen", f"mandate/{one.id}", by, {"body": body, "why": why})
    return frozen


def end_mandates_of_body(work: UnitOfWork, body: str, why: str, by: str, at: datetime) -> int:
    """End what a body granted and what it was granted as an agent: it was cancelled or merged; returns how many."""
    held = [*Mandates(work.db).of_body(body), *Mandates(work.db).of_grantee(body)]
    return sum(_end(work, one, why, by, at) for one in held)


def end_mandates_of_account(work: UnitOfWork, account: str, why: str, by: str, at: datetime) -> int:
    """End what an account was granted: closed, died, no longer able to act; returns how many."""
    return sum(_end(work, one, why, by, at) for one in Mandates(work.db).of_grantee(account))


def end_mandates_above(work: UnitOfWork, account: str, il: Rank, by: str, at: datetime) -> int:
    """End the mandates of an account that want more than is proved of it now; returns how many."""
    held = [one for one in Mandates(work.db).of_grantee(account) if one.floor > il]
    return sum(_end(work, one, "level-lost", by, at) for one in held)


def _end(work: UnitOfWork, mandate: Mandate, why: str, by: str, at: datetime) -> int:
    if not Mandates(work.db).end(mandate.id, why, at):
        return 0
    revoked = Actings(work.db).cut(mandate.id, at)
    facts = {"body": mandate.body, "why": why, "grants": str(revoked)}
    work.journal.append("mandate-ended", f"mandate/{mandate.id}", by, facts)
    return 1
