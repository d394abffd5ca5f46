"""Passkeys: what a browser is asked, and what its answer proves.

The user is always verified by the authenticator. Whether a passkey is synced or bound to one device is told by its flags,
that it is kept in hardware only by an attestation whose chain ends in a maker we were told of.

Standard:
    W3C Web Authentication Level 3, 7.1 and 7.2; identity levels as data (`idp/model/ladder.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, parse_attestation_object, validate_certificate_chain
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from idp.errors import CredentialUnfit, ProofRefused
from idp.factors.passkey_answer import REFUSED, client_data, decode, parse
from idp.factors.possession import Shown
from idp.model.assurance import Proof
from idp.model.challenge import Challenge, ChallengeKind, new_nonce
from idp.model.device import DEVICE_BOUND, HARDWARE, SYNCED, Passkey, clean_name
from idp.storage.account_states import may_sign_in
from idp.storage.challenges import Challenges
from idp.storage.passkeys import Passkeys

MAX_CREDENTIAL: Final = 1023  # octets of an id, the limit of the standard
MAX_PUBLIC_KEY: Final = 2_000
ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_TRANSPORTS: Final = frozenset(one.value for one in AuthenticatorTransport)


class PasskeyRefused(ProofRefused):
    """The passkey of somebody we know was not accepted."""

    def __init__(self, account: str, credential: str, why: str) -> None:
        """Say of which account and passkey; neither is for the browser."""
        super().__init__(REFUSED)
        self.account, self.credential, self.why = account, credential, why


@dataclass(frozen=True, slots=True)
class PasskeyFactor:
    """Asks for passkeys at one origin.

    Attributes:
        rp_id: the host name to which passkeys are bound.
        origin: where a browser must be when it answers.
        name: how authenticators call us.
        life: how long a challenge waits.
        roots: PEM of makers whose authenticators keep keys in hardware; without any, no attestation is asked for.
    """

    rp_id: str
    origin: str
    name: str
    life: timedelta
    roots: Sequence[bytes] = field(default=(), repr=False)

    @classmethod
    def of(cls, issuer: str, name: str, life: timedelta, roots: Sequence[bytes] = ()) -> "PasskeyFactor":
        """Ask at the origin of an issuer."""
        parts = urlsplit(issuer)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}", name, life, roots)

    def registration_options(self, db: Connection, account: str, user: str, browser: bytes, at: datetime) -> str:
        """Return what `navigator.credentials.create` takes, as JSON.

        Args:
            db: remembers the challenge.
            account: who registers; the passkey will name it.
            user: how the person's authenticator shall call the account.
            browser: digest of the browser's cookie.
            at: now.
        """
        nonce = self._ask(db, ChallengeKind.PASSKEY_REGISTRATION, account, browser, at)
        preference = AttestationConveyancePreference.DIRECT if self.roots else AttestationConveyancePreference.NONE
        options = generate_registration_options(
            rp_id=self.rp_id,
            rp_name=self.name,
            user_id=bytes.fromhex(account),
            user_name=user,
            challenge=base64url_to_bytes(nonce),
            timeout=_milliseconds(self.life),
            attestation=preference,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_descriptors(Passkeys(db).of(account)),
            supported_pub_key_algs=ALGORITHMS,
        )
        return options_to_json(options)

    def register(self, db: Connection, account: str, answer: str, browser: bytes, name: str, at: datetime) -> Passkey:
        """Return the passkey that an answer sets up; nothing is recorded yet.

        Raises:
            ProofRefused: not the answer to a challenge of this account and browser.
            CredentialUnfit: an authenticator that we cannot take.
        """
        said = parse(answer)
        self._take(db, ChallengeKind.PASSKEY_REGISTRATION, said, browser, at, account)
        verified = self._registration(said)
        if len(verified.credential_id) > MAX_CREDENTIAL or len(verified.credential_public_key) > MAX_PUBLIC_KEY:
            raise CredentialUnfit("an id or key that is too long")
        transports = said["response"].get("transports")
        return Passkey(
            credential=verified.credential_id,
            account=account,
            public_key=verified.credential_public_key,
            counter=verified.sign_count,
            method=self._method(verified),
            aaguid=verified.aaguid,
            transports=tuple(sorted(_TRANSPORTS & set(map(str, transports)))) if isinstance(transports, list) else (),
            name=clean_name(name, "通行密钥"),
            created_at=at,
        )

    def options(self, db: Connection, account: str | None, browser: bytes, at: datetime) -> str:
        """Return what `navigator.credentials.get` takes, as JSON: any passkey of ours, or those of one account."""
        nonce = self._ask(db, ChallengeKind.PASSKEY, account, browser, at)
        options = generate_authentication_options(
            rp_id=self.rp_id,
            challenge=base64url_to_bytes(nonce),
            timeout=_milliseconds(self.life),
            allow_credentials=_descriptors(Passkeys(db).of(account)) if account else [],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def authenticate(self, db: Connection, answer: str, browser: bytes, at: datetime) -> Shown:
        """Return who showed a passkey, and what that proves; its use is noted.

        Raises:
            ProofRefused: not a passkey of ours, or not the answer to a challenge of this browser.
            PasskeyRefused: the passkey is ours, and its answer is wrong.
        """
        said = parse(answer)
        challenge = self._take(db, ChallengeKind.PASSKEY, said, browser, at, None)
        passkey = Passkeys(db).find(decode(said.get("rawId")))
        if passkey is None or challenge.account not in (None, passkey.account):
            raise ProofRefused(REFUSED)
        if not may_sign_in(db, passkey.account):
            raise PasskeyRefused(passkey.account, passkey.id, "account")
        handle = said["response"].get("userHandle")
        if handle is not None and decode(handle) != bytes.fromhex(passkey.account):
            raise PasskeyRefused(passkey.account, passkey.id, "another user")
        verified = self._authentication(said, passkey)
        synced = verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE
        if synced and passkey.method != SYNCED:  # the flag never changes in the life of a credential
            raise PasskeyRefused(passkey.account, passkey.id, "backup-eligible")
        if not Passkeys(db).use(passkey, verified.new_sign_count, at):
            raise PasskeyRefused(passkey.account, passkey.id, "counter")
        return Shown(passkey.account, Proof(passkey.method, at), passkey.id)

    def _ask(self, db: Connection, kind: ChallengeKind, account: str | None, browser: bytes, at: datetime) -> str:
        challenge = Challenge(kind, new_nonce(), account, "", at, at + self.life)
        Challenges(db).ask(challenge, browser)
        return challenge.nonce

    def _take(
        self,
        db: Connection,
        kind: ChallengeKind,
        said: Mapping[str, Any],
        browser: bytes,
        at: datetime,
        account: str | None,
    ) -> Challenge:
        data = client_data(said)
        challenge = Challenges(db).take(kind, data["challenge"], browser, at)
        if challenge is None or (account is not None and challenge.account != account):
            raise ProofRefused(REFUSED)
        if data.get("crossOrigin") not in (None, False) or "topOrigin" in data:
            raise ProofRefused(REFUSED)  # asked inside a frame of somebody else
        return challenge

    def _registration(self, said: Mapping[str, Any]) -> VerifiedRegistration:
        try:
            return verify_registration_response(
                credential=dict(said),
                expected_challenge=base64url_to_bytes(client_data(said)["challenge"]),
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                require_user_verification=True,
                supported_pub_key_algs=ALGORITHMS,
            )
        except Exception as error:
            raise ProofRefused(REFUSED) from error

    def _authentication(self, said: Mapping[str, Any], passkey: Passkey) -> VerifiedAuthentication:
        try:
            return verify_authentication_response(
                credential=dict(said),
                expected_challenge=base64url_to_bytes(client_data(said)["challenge"]),
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=0,  # counted by our table once the signature holds
                require_user_verification=True,
            )
        except Exception as error:
            raise PasskeyRefused(passkey.account, passkey.id, "answer") from error

    def _method(self, verified: VerifiedRegistration) -> str:
        if verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE:
            return SYNCED
        return HARDWARE if self._in_hardware(verified) else DEVICE_BOUND

    def _in_hardware(self, verified: VerifiedRegistration) -> bool:
        """Whether a maker we know vouches for the authenticator; its statement was verified before."""
        chain = parse_attestation_object(verified.attestation_object).att_stmt.x5c
        if not self.roots or not chain:
            return False
        try:
            return validate_certificate_chain(x5c=chain, pem_root_certs_bytes=list(self.roots))
        except Exception:  # noqa: BLE001 - a chain that cannot be followed proves nothing
            return False


def _descriptors(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=one.credential, transports=[AuthenticatorTransport(each) for each in one.transports] or None
        )
        for one in passkeys
    ]


def _milliseconds(life: timedelta) -> int:
    return int(life.total_seconds() * 1000)
