"""Under which name a client knows an account, or the body it acts for."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from idp.model import subject
from idp.model.account import Account
from idp.model.client import Client
from idp.storage.aliases import PUBLIC, SubjectAliases


@dataclass(frozen=True, slots=True)
class Subjects:
    """Works subjects out; of merged accounts it remembers the ones that sectors knew before."""

    secret: bytes = field(repr=False)

    def of(self, db: Connection, client: Client, account: Account, body: str = "") -> str:
        """Return the subject.

        Args:
            db: for what is remembered.
            client: who asks.
            account: who signed in.
            body: for whom the account acts, or nobody.

        Standard:
            OpenID Connect Core 1.0, 8.
        """
        sector = client.sector if client.pairwise else PUBLIC
        if not body and account.aliased and (known := SubjectAliases(db).find(account.id, sector)):
            return known
        who = body or account.id
        return subject.pairwise(self.secret, sector, who) if client.pairwise else subject.public(self.secret, who)
