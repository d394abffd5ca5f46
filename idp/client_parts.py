"""Wires how clients with keys prove who they are, and what they sign beside that."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from idp.oidc.assertion import AssertionVerifier
from idp.oidc.client_keys import ClientKeys
from idp.oidc.dpop import DpopProofs, Nonces
from idp.oidc.mtls import ClientCertificates
from idp.oidc.request_object import RequestObjects
from idp.settings import IdpSettings
from trust.net.client import shared
from trust.storage.replay import SeenProofs

if TYPE_CHECKING:
    from trust.plugin import Floor

ENDPOINTS: Final = ("/oauth/token", "/oauth/par", "/oauth/introspect", "/oauth/revoke", "/oauth/device")


@dataclass(frozen=True, slots=True)
class ClientParts:
    """What reads assertions, certificates, proofs of possession and request objects."""

    keys: ClientKeys
    assertions: AssertionVerifier
    certificates: ClientCertificates
    proofs: DpopProofs
    objects: RequestObjects

    @classmethod
    def of(cls, floor: "Floor") -> Self:
        """Put it together for a home."""
        settings = IdpSettings.of(floor.settings)
        outbound = shared(floor.settings)
        keys = ClientKeys(outbound, floor.clock)
        seen = SeenProofs(floor.database, "assertion")
        names = frozenset(map(settings.url, ENDPOINTS))
        mtls = settings.mtls
        return cls(
            keys,
            AssertionVerifier(settings.issuer, names, keys, seen),
            ClientCertificates(mtls.header, mtls.verified_header, mtls.proof_header, mtls.secret(), keys, floor.clock),
            DpopProofs(SeenProofs(floor.database), Nonces.of(floor.keys) if settings.dpop_nonces else None),
            RequestObjects(settings.issuer, keys, outbound),
        )
