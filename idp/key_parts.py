"""Wires the signing keys: who holds them, and what rotates them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from idp.errors import SigningKeyTooOld
from idp.model.signing_key import KeyRules, Standing
from idp.settings import IdpSettings
from trust.jobs.worker import Periodic
from trust.plugin import Floor
from trust.readiness import Check
from trust.values.principal import Principal

if TYPE_CHECKING:
    from idp.oidc.keys import SigningKeys
    from idp.usecases.rotate_signing_keys import RotateSigningKeys
    from trust.jobs.queue import Group

KIND: Final = "idp-signing-keys"
PERIODIC: Final = Periodic(KIND, timedelta(hours=1))
MAX_LATE: Final = timedelta(days=1)
KEPT_BY_OTHERS: Final = timedelta(hours=1)  # how long relying platforms may keep a key set


def rotation(floor: Floor) -> "RotateSigningKeys":
    """What rotates the keys of a home."""
    from idp.usecases.rotate_signing_keys import RotateSigningKeys

    settings = IdpSettings.of(floor.settings)
    keys = settings.keys
    longest = max(settings.id_token_life, settings.access_life, settings.own_access_life)
    rules = KeyRules(timedelta(days=keys.rotate_days), timedelta(days=keys.ahead_days), longest + KEPT_BY_OTHERS)
    return RotateSigningKeys(floor.new_work, floor.keys, floor.clock, rules, keys.algorithms, keys.rsa_bits)


def signing_keys(floor: Floor) -> "SigningKeys":
    """The signing keys of a home, which makes its first ones when they are first needed; `load()` them at start."""
    from idp.oidc.keys import SigningKeys

    rotate = rotation(floor)
    return SigningKeys(floor.database.reading, floor.keys, lambda: rotate(Principal.service("idp-keys")))


def check(floor: Floor) -> Check:
    """Whether every algorithm has a key that signs, none for longer than it should."""

    def well() -> str:
        from idp.storage.keys import KeyRecords

        keys = IdpSettings.of(floor.settings).keys
        with floor.database.reading() as db:
            current = [one for one in KeyRecords(db).all() if one.standing is Standing.CURRENT]
        if not current:
            return "no keys yet"
        oldest = floor.clock.now() - min(one.since for one in current)
        if oldest > timedelta(days=keys.rotate_days) + MAX_LATE:
            raise SigningKeyTooOld(f"a key has signed for {oldest.days} days; is the background work running?")
        return f"{len(current)} keys sign, the oldest for {oldest.days} days"

    return Check("idp-keys", well)


@dataclass(frozen=True, slots=True)
class KeyWorker:
    """The handler of `PERIODIC`."""

    floor: Floor

    def __call__(self, group: "Group") -> None:
        """Do what is due, then finish the job."""
        rotation(self.floor)(Principal.service("idp-keys"))
        with self.floor.new_work() as work:
            work.jobs.finish(group)
