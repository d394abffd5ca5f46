"""Proofs of possession at the provider's own endpoints, and the nonces that make them fresh.

What a proof must be is `trust.web.dpop`; here stand the errors of the token endpoint, and nonces, which a home asks for
only when it is told to. A nonce is a keyed digest of the minute in which it was made, so no process has to remember any.

Standard:
    RFC 9449, 4.3 checking, 5 token requests, 8 nonces of the authorization server.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Final

from authlib.oauth2.base import OAuth2Error

from certs.sm import sm3
from trust.keys.ring import KeyRing
from trust.web import dpop
from trust.web.challenge import ProofInvalid
from trust.web.dpop import ProofsSeen
from trust.web.jwt import base64url

ALGORITHMS: Final = dpop.ALGORITHMS
NONCE_KEY: Final = "idp-dpop-nonce"
NONCE_SECONDS: Final = 120  # a nonce counts so long at least, and twice as long at most
_NONCE_BYTES: Final = 16


class DpopRefused(OAuth2Error):  # type: ignore[misc]  # Authlib has no types
    """The proof is wrong."""

    error = "invalid_dpop_proof"


class DpopNonceWanted(DpopRefused):
    """The proof lacks a fresh nonce; the answer brings one."""

    error = "use_dpop_nonce"

    def __init__(self, nonce: str) -> None:
        super().__init__(description="the proof needs the nonce of this answer")
        self.nonce = nonce

    def get_headers(self) -> list[tuple[str, str]]:
        """The headers of the answer, the nonce among them."""
        return [*super().get_headers(), ("DPoP-Nonce", self.nonce)]


@dataclass(frozen=True, slots=True)
class Nonces:
    """Makes and knows nonces of ours."""

    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, ring: KeyRing) -> "Nonces":
        """Nonces under a secret of the ring, which is made where it is missing."""
        ring.create_secret(NONCE_KEY, exist_ok=True)
        return cls(ring.secret(NONCE_KEY))

    def current(self, at: datetime) -> str:
        """Return the nonce of this time."""
        return self._made(int(at.timestamp()) // NONCE_SECONDS)

    def fresh(self, nonce: str, at: datetime) -> bool:
        """Whether a nonce is one of ours of a moment ago."""
        slot = int(at.timestamp()) // NONCE_SECONDS
        return any(compare_digest(nonce.encode(), self._made(each).encode()) for each in (slot, slot - 1))

    def _made(self, slot: int) -> str:
        return base64url(sm3.hmac(self.secret, b"dpop nonce %d" % slot)[:_NONCE_BYTES])


@dataclass(frozen=True, slots=True)
class DpopProofs:
    """Checks the proofs that requests bring.

    Args:
        seen: takes each proof, so that it counts once; in the caller's transaction, or one of its own.
        nonces: None where a proof needs none.
    """

    seen: ProofsSeen
    nonces: Nonces | None = None

    def __call__(
        self, proofs: Sequence[str], *, method: str, url: str, at: datetime, access_token: str | None = None
    ) -> str | None:
        """Return the thumbprint of the key (`jkt`) that a request proves, None where it brings no proof.

        Args:
            proofs: the values of all `DPoP` headers of the request.
            method: of the request.
            url: of the endpoint, as the world calls it.
            at: now.
            access_token: the one beside it, where the endpoint is a protected resource.

        Raises:
            DpopRefused: more than one proof, or a wrong one.
            DpopNonceWanted: the proof is right, but its nonce is missing or old.
        """
        if not proofs:
            return None
        if len(proofs) > 1:
            raise DpopRefused(description="more than one proof")

        def judge(nonce: str | None) -> None:
            if self.nonces is not None and not self.nonces.fresh(nonce or "", at):
                raise DpopNonceWanted(self.nonces.current(at))

        try:
            return dpop.verify_proof(
                proofs[0], method=method, url=url, at=at, seen=self.seen, access_token=access_token, nonce=judge
            )
        except ProofInvalid as error:
            raise DpopRefused(description=str(error)) from error
