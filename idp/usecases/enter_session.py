"""Begin a session with what was shown, or add it to the session there is."""

import secrets
from dataclasses import dataclass, replace

from idp.errors import AccountMissing
from idp.factors.possession import Shown
from idp.model.session import Session
from idp.oidc.back_channel import BackChannel
from idp.oidc.tokens import digest, new_token
from idp.storage.accounts import Accounts
from idp.storage.evidence import EvidenceRecords
from idp.storage.grants import Grants
from idp.storage.levels import Levels
from idp.storage.persons import Vault
from idp.storage.sessions import Sessions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import HIGHEST


@dataclass(frozen=True, slots=True)
class EnterSession:
    """Sign a browser in; its cookie is a new one every time, so that none known before is worth anything."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    back_channel: BackChannel

    def __call__(self, shown: Shown, cookie: bytes | None, device: str, network: str) -> str:
        """Return the value of the session's new cookie.

        Args:
            shown: who showed what.
            cookie: digest of the cookie there is.
            device: the browser in words.
            network: its address block.

        Raises:
            AccountMissing: the account may not sign in any more.
        Standard:
            RFC 9700, 4.16 for the cap of confirmed codes; OWASP ASVS 5.0, 7.2.
        """
        at = self.clock.now()
        token = new_token()
        with self.new_work() as work:
            accounts, sessions = Accounts(work.db, self.vault), Sessions(work.db)
            account = accounts.get(shown.account)
            if not account.may_sign_in:
                raise AccountMissing("there is no such account")
            ladder = Levels(work.db).ladder()
            EvidenceRecords(work.db).renew(account.id, "phone", ladder.expires("phone", at), at)
            found = None if cookie is None else sessions.find(cookie)
            if found is not None and found.live(at) and found.account != account.id:
                sessions.end(found.sid, at, "replaced")
                Grants(work.db).revoke_of_session(found.sid, at)
                facts = {"sid": found.sid, "why": "replaced"}
                work.journal.append("session-ended", f"session/{found.sid}", f"person {found.account}", facts)
                self.back_channel.ended(work, found.sid, at)
                found = None
            fresh = found is None or not found.live(at)
            if found is None or not found.live(at):
                sid = secrets.token_urlsafe(24)
                found = Session(sid, account.id, (), at, at, at, at, cap=shown.cap, device=device, network=network)
            entered = found.with_proofs(shown.proof)
            entered = replace(entered, cap=shown.cap if fresh else max(found.cap, shown.cap))
            evidence = EvidenceRecords(work.db).of(account.id, at)
            standing = ladder.session(account.kind.value, evidence, entered.proofs, at, HIGHEST)
            kind = "administrator" if account.administrator else account.kind.value
            life = ladder.lifetime(kind, standing.level)
            entered = entered.lasting(life.absolute, life.idle, at)
            if fresh:
                sessions.start(entered, digest(token))
            else:
                sessions.save(entered)
                sessions.rekey(entered.sid, digest(token))
            accounts.used(account.id, at)
            facts = {"sid": entered.sid, "method": shown.proof.method, "level": str(standing.level.value)}
            work.journal.append("signed-in", f"session/{entered.sid}", f"person {account.id}", facts)
        return token
