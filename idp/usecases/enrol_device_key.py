"""Enrol the key of an app, for somebody who is signed in beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.errors import LevelTooLow, TooManyDevices
from idp.factors.device_key import DeviceKeyFactor, SignedAct
from idp.model.challenge import Challenge
from idp.model.device import MAX_OF_A_KIND, DeviceKey
from idp.sources.notices import Notices
from idp.storage.device_keys import DeviceKeys
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

LEAST = Rank(3)


@dataclass(frozen=True, slots=True)
class EnrolDeviceKey:
    """Give out a code in a session, and take the key of the app that brings it."""

    new_work: NewWork
    clock: Clock
    device_keys: DeviceKeyFactor
    notices: Notices

    def ask(self, account: str, level: Rank) -> Challenge:
        """Return the code that the app shall read from the page; raises LevelTooLow for a session below l3."""
        if level < LEAST:
            raise LevelTooLow("an app is set up after a surer sign-in")
        with self.new_work() as work:
            challenge = self.device_keys.ask(work.db, account, self.clock.now())
            work.journal.append("device-key-invited", account, f"person {account}")
        return challenge

    def __call__(self, code: str, key: Mapping[str, Any], name: str, act: SignedAct) -> DeviceKey:
        """Keep a key.

        Args:
            code: what the page showed.
            key: JWK of the app's key, P-256 or SM2.
            name: how the user calls the device.
            act: signed with that key.

        Raises:
            ProofRefused: the code does not count, or the signature does not hold.
            CredentialUnfit: a key of another kind.
            CredentialTaken: the key is enrolled already.
            TooManyDevices: the account has enough.
        """
        at = self.clock.now()
        with self.new_work() as work:
            made, known = self.device_keys.enrol(work.db, code, key, name, act, at), DeviceKeys(work.db)
            if len(known.of(made.account)) >= MAX_OF_A_KIND:
                raise TooManyDevices(f"an account has up to {MAX_OF_A_KIND} apps")
            known.add(made)
            facts = {"key": made.id, "kind": made.key.kind.value}
            work.journal.append("device-key-enrolled", made.account, f"person {made.account}", facts)
        self.notices.tell(made.account, "app-added")
        return made
