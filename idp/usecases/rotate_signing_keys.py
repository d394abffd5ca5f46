"""Make, announce, change and retire the keys that sign tokens."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from idp.errors import SigningKeyMissing, SigningKeysChanged, SigningKeyTooFresh
from idp.model import signing_key
from idp.model.signing_key import ALGORITHMS, KeyRecord, KeyRules, Standing, Turn
from idp.oidc import jwk
from idp.storage.keys import KeyRecords
from trust.clock import Clock
from trust.keys.generation import RSA_BITS
from trust.keys.ring import KeyRing
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal

TRIES: Final = 5
_EVENTS: Final = {
    Standing.NEXT: "signing-key-announced",
    Standing.CURRENT: "signing-key-taken-up",
    Standing.RETIRED: "signing-key-retired",
    Standing.ARCHIVED: "signing-key-archived",
    Standing.WITHDRAWN: "signing-key-withdrawn",
}


@dataclass(frozen=True, slots=True)
class RotateSigningKeys:
    """Move the keys of each algorithm on: what time demands, or what an operator asks for."""

    new_work: NewWork
    keys: KeyRing
    clock: Clock
    rules: KeyRules = field(default_factory=KeyRules)
    algorithms: Sequence[str] = ALGORITHMS
    rsa_bits: int = RSA_BITS

    def __call__(self, by: Principal) -> Sequence[KeyRecord]:
        """Do what is due, first keys included; return what moved or was made.

        Raises:
            SigningKeysChanged: others changed the keys at the same moment, again and again.
        """

        def turn(keys: Sequence[KeyRecord]) -> Turn:
            return signing_key.due(keys, self.clock.now(), self.rules)

        return [one for alg in self.algorithms for one in self._turn(alg, by, turn)]

    def take_up(self, alg: str, by: Principal, *, fresh: bool = False) -> Sequence[KeyRecord]:
        """Let the next key of an algorithm sign from now on.

        Args:
            alg: the algorithm.
            by: who asks.
            fresh: even a key that was published so recently that some who keep our key set do not know it.

        Raises:
            SigningKeyMissing: the algorithm has no next key.
            SigningKeyTooFresh: the next key was published a moment ago.
        """

        def turn(keys: Sequence[KeyRecord]) -> Turn:
            following = next((one for one in keys if one.standing is Standing.NEXT), None)
            if following is None:
                raise SigningKeyMissing(f"no key of {alg[:20]} is announced")
            if not fresh and self.clock.now() - following.since < self.rules.ahead:
                raise SigningKeyTooFresh(f"the next key of {alg} was published at {following.since.isoformat()}")
            return signing_key.rotation(keys)

        return self._turn(alg, by, turn)

    def withdraw(self, kid: str, by: Principal) -> Sequence[KeyRecord]:
        """Publish a key no longer and believe nothing it signed; where it was current, the next one signs.

        Raises:
            SigningKeyMissing: there is no such key, or it was withdrawn before.
        """
        with self.new_work() as work:
            found = next((one for one in KeyRecords(work.db).all() if one.kid == kid), None)
        if found is None or found.standing is Standing.WITHDRAWN:
            raise SigningKeyMissing("there is no such key, or it was withdrawn before")
        return self._turn(found.alg, by, lambda keys: signing_key.withdrawal(keys, kid))

    def _turn(self, alg: str, by: Principal, decide: Callable[[Sequence[KeyRecord]], Turn]) -> Sequence[KeyRecord]:
        for _ in range(TRIES):
            with self.new_work() as work:
                known = [one for one in KeyRecords(work.db).all() if one.alg == alg]
            turn = decide(known)
            # Making an RSA key takes long, so no transaction is open meanwhile. Who is interrupted, or overtaken, finds
            # the same key under the same number again.
            first = max((one.number for one in known), default=0) + 1
            made = [self._make(alg, first + index, standing) for index, standing in enumerate(turn.makes)]
            try:
                return self._record(turn, made, by)
            except SigningKeysChanged:
                continue
        raise SigningKeysChanged("others change the signing keys again and again")

    def _make(self, alg: str, number: int, standing: Standing) -> KeyRecord:
        name = signing_key.ring_name(alg, number)
        public = self.keys.create(name, jwk.KINDS[alg], rsa_bits=self.rsa_bits, exist_ok=True)
        said = jwk.published(alg, public)
        return KeyRecord(said["kid"], alg, number, standing, said, self.clock.now())

    def _record(self, turn: Turn, made: Sequence[KeyRecord], by: Principal) -> Sequence[KeyRecord]:
        if not turn:
            return ()
        done: list[KeyRecord] = []
        with self.new_work() as work:
            at, records = self.clock.now(), KeyRecords(work.db)
            for key, standing in turn.moves:
                records.move(key, standing, at)
                done.append(replace(key, standing=standing, since=at))
            for key in made:
                records.add(key)
                done.append(key)
            for key in done:
                work.journal.append(_EVENTS[key.standing], key.kid, str(by), {"algorithm": key.alg})
        return done
