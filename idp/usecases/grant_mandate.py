"""Grant a mandate: the legal representative names people, an administrator who may names operators."""

from dataclasses import dataclass, replace

from idp.errors_ties import MandateRefused
from idp.model.account import AccountKind
from idp.model.mandate import Mandate, MandateRole, Offer, managing, permit_grant
from idp.storage.accounts import Accounts
from idp.storage.mandates import Mandates
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank


@dataclass(frozen=True, slots=True)
class GrantMandate:
    """Offer somebody to act for a body; it counts once it is accepted."""

    new_work: NewWork
    clock: Clock
    vault: Vault

    def __call__(self, account: str, level: Rank, offer: Offer) -> Mandate:
        """Return the offered mandate.

        Args:
            account: who grants.
            level: of the session, now.
            offer: what is granted, to an account or, for an agent, to a body.

        Raises:
            LevelTooLow: the session is not sure or fresh enough.
            MandateRefused: this account may not grant that, or the grantee cannot hold it.
            MandateMalformed: it makes no sense.
            TooManyAdministrators: the body has enough.
        """
        at = self.clock.now()
        with self.new_work() as work:
            mandates = Mandates(work.db)
            grantor = managing(mandates.of_grantee(account), offer.body, at)
            if grantor is None:
                raise MandateRefused("this account grants nothing for that body")
            # While the grantor's own mandate is locked nobody ends it between this look and the commit.
            made = permit_grant(mandates.lock(grantor.id), offer, level, at)
            if offer.role is not MandateRole.AGENT_BODY:
                grantee = Accounts(work.db, self.vault).find(offer.grantee)
                if grantee is None or not grantee.may_sign_in or grantee.kind is not AccountKind.NATURAL:
                    raise MandateRefused("there is nobody of that kind to grant to")
            made = mandates.add(made)
            facts = {"body": made.body, "grantee": made.grantee, "role": made.role.value, "under": made.under}
            work.journal.append("mandate-granted", f"mandate/{made.id}", f"person {account}", facts)
        return made

    def to_named(self, account: str, level: Rank, offer: Offer, number: str, name: str) -> Mandate:
        """Grant to the person with this number and name.

        Raises:
            MandateRefused: there is no such person; whether number or name is wrong is not told.
        """
        with self.new_work() as work:
            known = Accounts(work.db, self.vault)
            found = known.find_by_identifier("number", number)
            right = found is not None and self.vault.open(found).name == name.strip()
        if found is None or not right:
            raise MandateRefused("nobody with this name and number has an account")
        return self(account, level, replace(offer, grantee=found.id))
