"""Keys that apps keep: how one is enrolled, and what its signature under an action proves.

An app signs lines of text: the action, the value it is about, our origin, the relying platform, the instant. Actions differ,
so that a signature under one is none under another.

Standard:
    RFC 7517 and RFC 7518, 6.2 (P-256), with the private names of `trust/recognition/jwk.py` for SM2.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from certs.keys import PublicKey
from idp.errors import CredentialUnfit, ProofRefused
from idp.factors import signed_statement
from idp.model.challenge import Challenge, ChallengeKind, digest_of, instant, new_nonce
from idp.model.device import DeviceKey, clean_name
from idp.storage.account_states import may_sign_in
from idp.storage.challenges import Challenges
from idp.storage.device_keys import DeviceKeys
from trust.recognition import jwk

ENROL: Final = "idp-device-enrol"
SCAN: Final = "idp-qr-scan"
CONFIRM: Final = "idp-qr-confirm"
REFUSE: Final = "idp-qr-refuse"
SKEW: Final = timedelta(seconds=60)
_MAX_SIGNATURE: Final = 200  # characters
_REFUSED: Final = "the key was not accepted"


@dataclass(frozen=True, slots=True)
class SignedAct:
    """What an app says and signs.

    Attributes:
        key: the id of its key; empty while it enrols.
        at: when it signed, to the second.
        signature: base64url, DER or 64 octets.
    """

    key: str
    at: datetime
    signature: str


@dataclass(frozen=True, slots=True)
class DeviceKeyFactor:
    """Enrols keys and believes them, at one origin."""

    origin: str
    life: timedelta

    def ask(self, db: Connection, account: str, at: datetime) -> Challenge:
        """Return what a signed-in browser shows to the app that shall be enrolled."""
        challenge = Challenge(ChallengeKind.DEVICE_KEY, new_nonce(), account, "", at, at + self.life)
        # The app answers from another place than the browser that shows the code: the code itself binds the two.
        Challenges(db).ask(challenge, challenge.digest)
        return challenge

    def enrol(
        self, db: Connection, code: str, key: Mapping[str, Any], name: str, act: SignedAct, at: datetime
    ) -> DeviceKey:
        """Return the key that an app proves to hold; nothing is recorded yet.

        Raises:
            ProofRefused: the code does not count, or the signature does not hold.
            CredentialUnfit: a key of another kind.
        """
        challenge = Challenges(db).take(ChallengeKind.DEVICE_KEY, code, digest_of(code), at)
        if challenge is None or challenge.account is None or not may_sign_in(db, challenge.account):
            raise ProofRefused(_REFUSED)
        try:
            public = jwk.from_json(key)
        except ValueError as error:
            raise CredentialUnfit(f"a key on P-256 or SM2 is wanted: {error}") from error
        self._verify(public, act, ENROL, code, "", at)
        return DeviceKey(secrets.token_hex(16), challenge.account, public.spki, clean_name(name, "手机应用"), at)

    def verify(self, db: Connection, act: SignedAct, action: str, value: str, client: str, at: datetime) -> DeviceKey:
        """Return the key that signed an action just now; its use is noted.

        Raises:
            ProofRefused: an unknown key, another time, or the signature does not hold.
        """
        keys = DeviceKeys(db)
        found = keys.find(act.key)
        if found is None or not may_sign_in(db, found.account):
            raise ProofRefused(_REFUSED)
        self._verify(found.key, act, action, value, client, at)
        keys.use(found, at)
        return found

    def message(self, action: str, value: str, client: str, at: datetime) -> str:
        """Return the lines that an app signs."""
        return "\n".join((action, value, self.origin, client, instant(at)))

    def _verify(self, key: PublicKey, act: SignedAct, action: str, value: str, client: str, at: datetime) -> None:
        if abs(act.at - at) > SKEW or len(act.signature) > _MAX_SIGNATURE:
            raise ProofRefused(_REFUSED)
        try:
            signature = jwk.decode_base64url(act.signature)
        except ValueError as error:
            raise ProofRefused(_REFUSED) from error
        signed_statement.verify(key, signature, self.message(action, value, client, act.at))
