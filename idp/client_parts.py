"""Wires how clients with keys prove who they are: where their keys come from, and the two hooks that check."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from idp.oidc.assertion import AssertionVerifier
from idp.oidc.client_keys import ClientKeys
from idp.oidc.mtls import ClientCertificates
from idp.settings import IdpSettings
from trust.net.client import shared
from trust.storage.replay import SeenProofs

if TYPE_CHECKING:
    from trust.plugin import Floor

ENDPOINTS: Final = ("/oauth/token", "/oauth/par", "/oauth/introspect", "/oauth/revoke", "/oauth/device")


@dataclass(frozen=True, slots=True)
class ClientParts:
    """What `ClientAuthenticator` and request objects need."""

    keys: ClientKeys
    assertions: AssertionVerifier
    certificates: ClientCertificates

    @classmethod
    def of(cls, floor: "Floor") -> Self:
        """Put it together for a home."""
        settings = IdpSettings.of(floor.settings)
        keys = ClientKeys(shared(floor.settings), floor.clock)
        seen = SeenProofs(floor.database, "assertion")
        names = frozenset(map(settings.url, ENDPOINTS))
        mtls = settings.mtls
        return cls(
            keys,
            AssertionVerifier(settings.issuer, names, keys, seen),
            ClientCertificates(mtls.header, mtls.verified_header, mtls.proof_header, mtls.secret(), keys, floor.clock),
        )
