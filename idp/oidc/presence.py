"""Who sits at a browser, as a client would be told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from idp.model.account import Account
from idp.model.client import Client
from idp.model.ladder import Ladder
from idp.model.next_step import Present
from idp.model.session import TOUCH_EVERY, Session
from idp.oidc.subjects import Subjects
from idp.storage.accounts import Accounts
from idp.storage.acting_standing import BodyEvidence
from idp.storage.actings import Acting, Actings
from idp.storage.evidence import EvidenceRecords
from idp.storage.persons import Vault
from idp.storage.sessions import Sessions

Enrolled = Callable[[Connection, str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A live session with everything that a decision about it needs."""

    session: Session
    account: Account
    present: Present
    acting: Acting | None


@dataclass(frozen=True, slots=True)
class Visitors:
    """Finds who is signed in."""

    vault: Vault
    subjects: Subjects
    enrolled: Enrolled
    body_evidence: BodyEvidence

    def find(self, db: Connection, cookie: bytes | None, client: Client | None, at: datetime) -> Visitor | None:
        """Return who is signed in.

        Args:
            db: to read from.
            cookie: digest of the session's cookie.
            client: who would be told; none: nobody but ourselves.
            at: now.
        """
        session = None if cookie is None else Sessions(db).find(cookie)
        if session is None or not session.live(at):
            return None
        account = Accounts(db, self.vault).find(session.account)
        if account is None or not account.may_sign_in:
            return None
        acting = None if session.acting is None else Actings(db).find(session.acting, account.id, at)
        sub = "" if client is None else self.subjects.of(db, client, account, "" if acting is None else acting.body)
        present = Present(
            kind=account.kind.value,
            sub=sub,
            evidence=EvidenceRecords(db).of(account.id, at),
            proofs=session.proofs,
            enrolled=self.enrolled(db, account.id),
            body=None if acting is None else self.body_evidence(db, acting.body, at),
            cap=session.cap if acting is None else min(session.cap, acting.cap),
        )
        return Visitor(session, account, present, acting)

    def touch(self, db: Connection, ladder: Ladder, visitor: Visitor, at: datetime) -> None:
        """Note that the session is in use, at most once a minute."""
        session = visitor.session
        if at - session.seen_at >= TOUCH_EVERY:
            standing = ladder.session(visitor.present.kind, visitor.present.evidence, session.proofs, at, session.cap)
            kind = "administrator" if visitor.account.administrator else visitor.present.kind
            Sessions(db).save(session.touched(ladder.lifetime(kind, standing.level).idle, at))
