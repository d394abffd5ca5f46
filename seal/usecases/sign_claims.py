"""Sign small claims with a seal's key, for the codes printed on documents that the seal will seal."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

from certs import certificate
from certs.sm import sm3
from seal import claims
from seal.errors import SealOrderMalformed
from seal.model.permission import permit
from seal.model.seal import SealId
from seal.storage.seals import Seals
from trust.clock import Clock
from trust.keys.ring import KeyRing
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal

MAX_CLAIMS = 500  # in one group
DIGEST_KEY = "person-index"  # the ring's secret for what must be found again without being readable


@dataclass(frozen=True, slots=True)
class SignClaims:
    """Sign a group of claims: recorded before the key is used, and given out only if the seal is still as it was."""

    reading: Callable[[], AbstractContextManager[Connection]]  # a glance without a lock
    new_work: NewWork
    keys: KeyRing
    clock: Clock

    def __call__(self, seal_id: SealId, payloads: Sequence[bytes], by: Principal) -> tuple[bytes, ...]:
        """Sign each payload as COSE_Sign1.

        Raises:
            SealMissing, SealNotUsable, UseNotPermitted, SealChanged: the seal forbids it.
            SealOrderMalformed: none or too many in one group.
            ClaimsMalformed: a payload is empty or too large.
        """
        if not 1 <= len(payloads) <= MAX_CLAIMS:
            raise SealOrderMalformed(f"{len(payloads)} claims in one group")
        at = self.clock.now()

        # 1. Prepare without a lock, then decide and record what we intend before the key is used.
        with self.reading() as db:
            seal = Seals(db).get(seal_id)
        permit(seal, by, at)
        sealer = certificate.decode(seal.certificate)
        messages = [claims.to_sign(sealer, payload) for payload in payloads]
        # Under a key, because claims can name a person and an open digest of them could be guessed back.
        digest = sm3.hmac(self.keys.secret(DIGEST_KEY), b"".join(map(sm3.digest, payloads)))
        facts = {"claims": str(len(payloads)), "digest": digest.hex()}
        with self.new_work() as work:
            permit(Seals(work.db).unchanged(seal), by, at)
            work.journal.append("claims-intended", seal.id.text, str(by), facts)

        # 2. Use the key with no transaction open.
        signer = self.keys.signer(seal.key)
        signed = tuple(
            claims.encode(sealer, payload, signer.sign(message))
            for payload, message in zip(payloads, messages, strict=True)
        )

        # 3. Check our own work with what every reader of a code uses.
        for one in signed:
            claims.decode(one).verify(sealer)

        # 4. A seal frozen meanwhile raises here, and nothing gets out.
        with self.new_work() as work:
            permit(Seals(work.db).unchanged(seal), by, self.clock.now())
            work.journal.append("claims-signed", seal.id.text, str(by), facts)
        return signed
