"""Confirm what a former representative granted: frozen mandates count again by the new one's word alone."""

from dataclasses import dataclass

from idp.errors import LevelTooLow
from idp.errors_ties import MandateMissing, MandateOver
from idp.model.mandate import Mandate, MandateRole, least_level, managing
from idp.storage.mandates import Mandates
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank


@dataclass(frozen=True, slots=True)
class ConfirmMandate:
    """Let a frozen mandate count again."""

    new_work: NewWork
    clock: Clock

    def __call__(self, account: str, level: Rank, mandate: str) -> Mandate:
        """Return the mandate.

        Raises:
            MandateMissing: no such mandate of a body that this account represents.
            LevelTooLow: a session below l4.
            MandateOver: it is not frozen, or its time is over.
        """
        at = self.clock.now()
        with self.new_work() as work:
            mandates = Mandates(work.db)
            held = mandates.lock(mandate)
            manager = managing(mandates.of_grantee(account), held.body, at)
            if manager is None or manager.role is not MandateRole.LEGAL_REPRESENTATIVE:
                raise MandateMissing("there is no such mandate")
            if level < least_level(manager):
                raise LevelTooLow("confirming takes a surer or fresher sign-in")
            if (held.until is not None and held.until <= at) or not mandates.confirm(mandate):
                raise MandateOver("this mandate is not frozen, or its time is over")
            work.journal.append("mandate-confirmed", f"mandate/{mandate}", f"person {account}", {"body": held.body})
            return mandates.get(mandate)
