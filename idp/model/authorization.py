"""An authorization request as the provider understands it, and the errors it is refused with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MAX_CLAIMS_TEXT: Final = 16_384
MAX_REQUESTED_CLAIMS: Final = 100
PROMPTS: Final = frozenset({"none", "login", "consent", "select_account", "create"})
RESPONSE_MODES: Final = ("query", "form_post")


class RequestRefused(ValueError):
    """The request cannot be granted; `error` is the code that goes back to the client.

    Standard:
        RFC 6749, 4.1.2.1; OpenID Connect Core 1.0, 3.1.2.6.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What a client asks of a user; `parameters` are kept as they came, to be checked again on the way back."""

    client: str
    redirect_uri: str
    response_mode: str
    scopes: tuple[str, ...]
    parameters: Mapping[str, str] = field(repr=False)
    state: str | None = None
    nonce: str | None = None
    challenge: str | None = None
    prompts: frozenset[str] = frozenset()
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    login_hint: str = ""
    id_token_hint: str | None = field(default=None, repr=False)
    ui_locales: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    key: str = ""  # thumbprint to which the code is bound (RFC 9449, 10)

    @property
    def offline(self) -> bool:
        return "offline_access" in self.scopes

    @property
    def essential_acrs(self) -> tuple[str, ...]:
        """The acr values of which one must be met. Standard: OpenID Connect Core 1.0, 5.5.1.1."""
        asked = (self.claims.get("id_token") or {}).get("acr")
        if not isinstance(asked, Mapping) or asked.get("essential") is not True:
            return ()
        values = asked.get("values", [asked["value"]] if "value" in asked else [])
        return tuple(one for one in values if isinstance(one, str)) if isinstance(values, list) else ()

    @property
    def voluntary_acrs(self) -> tuple[str, ...]:
        """The acr values that were wished for, in the order of preference."""
        asked = (self.claims.get("id_token") or {}).get("acr")
        values: list[Any] = []
        if isinstance(asked, Mapping) and asked.get("essential") is not True:
            values = asked.get("values", [asked["value"]] if "value" in asked else [])
        return self.acr_values + tuple(one for one in values if isinstance(one, str))

    @classmethod
    def parse(cls, parameters: Mapping[str, str], redirect_uri: str, scopes: str) -> "AuthorizationRequest":
        """Read the parameters of a request whose client, address and scopes were accepted.

        Raises:
            RequestRefused: a parameter that cannot be; the error goes to the client's address.
        """
        prompts = frozenset(parameters.get("prompt", "").split())
        if not prompts <= PROMPTS:
            raise RequestRefused("invalid_request", "prompt: a value that is not supported")
        if "none" in prompts and len(prompts) > 1:
            raise RequestRefused("invalid_request", "prompt: none stands alone")
        mode = parameters.get("response_mode", "query")
        if mode not in RESPONSE_MODES:
            raise RequestRefused("invalid_request", "response_mode: query or form_post")
        return cls(
            client=parameters["client_id"],
            redirect_uri=redirect_uri,
            response_mode=mode,
            scopes=tuple(dict.fromkeys(scopes.split())),
            parameters=parameters,
            state=parameters.get("state"),
            nonce=parameters.get("nonce"),
            challenge=parameters.get("code_challenge"),
            prompts=prompts,
            max_age=_max_age(parameters.get("max_age")),
            acr_values=tuple(parameters.get("acr_values", "").split()[:20]),
            claims=parse_claims(parameters.get("claims")),
            login_hint=parameters.get("login_hint", "")[:200],
            id_token_hint=parameters.get("id_token_hint"),
            ui_locales=tuple(parameters.get("ui_locales", "").split()[:20]),
            resources=tuple(one for one in parameters.get("resource", "").split() if one),
            key=parameters.get("dpop_jkt", ""),
        )


def parse_claims(text: str | None) -> Mapping[str, Any]:
    """Read the `claims` parameter; members nobody knows are left in place and answered with nothing.

    Raises:
        RequestRefused: not a JSON object of objects, or too much of it.
    Standard:
        OpenID Connect Core 1.0, 5.5.
    """
    if text is None:
        return {}
    if len(text) > MAX_CLAIMS_TEXT:
        raise RequestRefused("invalid_request", "claims: too long")
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise RequestRefused("invalid_request", "claims: not JSON") from None
    if not isinstance(read, dict):
        raise RequestRefused("invalid_request", "claims: not an object")
    for place in ("id_token", "userinfo"):
        asked = read.get(place)
        if asked is not None and not isinstance(asked, dict):
            raise RequestRefused("invalid_request", f"claims: {place} is not an object")
        if len(asked or ()) > MAX_REQUESTED_CLAIMS:
            raise RequestRefused("invalid_request", f"claims: too many in {place}")
    return {place: read[place] for place in ("id_token", "userinfo") if read.get(place)}


def _max_age(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise RequestRefused("invalid_request", "max_age: not a number of seconds")
    return int(text)
