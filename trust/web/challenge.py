"""Errors that tell a caller how to prove who it is: a problem with a `WWW-Authenticate` header.

Standard:
    RFC 9110, 11.6.1 WWW-Authenticate; RFC 6750, 3; RFC 9449, 7.1; RFC 9470, 3.
"""

import re
from typing import ClassVar, Final

from trust.errors import Kind, TrustError

REALM: Final = "province-trust"
_UNFIT: Final = re.compile(r"[^ !#-\[\]-~]")  # RFC 6750: error_description has no quote, no backslash, ASCII alone


class Challenged(TrustError):
    """An error whose answer says which proof would do."""

    kind, code = Kind.UNAUTHENTICATED, "unauthenticated"
    scheme: ClassVar[str] = "Bearer"
    error: ClassVar[str] = ""  # as the standard of the scheme spells it

    def parameters(self) -> dict[str, str]:
        """What the challenge says beside the realm."""
        return {"error": self.error, "error_description": str(self)} if self.error else {}

    @property
    def challenge(self) -> str:
        """The value of `WWW-Authenticate`."""
        said = {"realm": REALM, **self.parameters()}
        return f"{self.scheme} " + ", ".join(f'{name}="{_UNFIT.sub("?", value)}"' for name, value in said.items())


class TokenMissing(Challenged):
    """The request carries no access token; nothing is said of errors, as the standard wants it."""

    code = "token-missing"


class TokenInvalid(Challenged):
    """The access token is not one of ours, not for us, over, or cannot be read."""

    code, error = "token-invalid", "invalid_token"


class RequestAmbiguous(Challenged):
    """More than one token, or one in a place where it would be written down."""

    kind, code, error = Kind.MALFORMED, "token-ambiguous", "invalid_request"


class ScopeMissing(Challenged):
    """The token does not reach as far as what was asked."""

    kind, code, error = Kind.FORBIDDEN, "insufficient-scope", "insufficient_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"this needs the scope {scope}")
        self.scope: Final = scope

    def parameters(self) -> dict[str, str]:
        return {**super().parameters(), "scope": self.scope}


class ProofInvalid(Challenged):
    """The token belongs to a key, and the proof that the caller holds it is missing or wrong."""

    code, scheme, error = "dpop-proof-invalid", "DPoP", "invalid_dpop_proof"

    def parameters(self) -> dict[str, str]:
        return {**super().parameters(), "algs": "ES256 EdDSA PS256"}
