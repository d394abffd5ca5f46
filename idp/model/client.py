"""A relying platform as it is registered: what it may ask for, and how it proves that it is the one asking."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "[::1]", "localhost"})
OUR_SCOPES: Final = (
    "openid", "profile", "email", "phone", "address", "offline_access",
    "realname", "identity", "org", "agent", "staff",
)  # fmt: skip


class Profile(Enum):
    """Which set of rules binds a client."""

    STANDARD = "standard"
    FAPI2 = "fapi2"
    GUOMI = "guomi"  # ID tokens signed with SM2 and SM3


class ClientState(Enum):
    """Whether a client may be used."""

    SANDBOX = "sandbox"  # registered by itself, for synthetic users until a second person approves
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client.

    Standard:
        RFC 7591 and OpenID Connect Dynamic Client Registration 1.0, client metadata; `metadata` holds their names.
    """

    id: str
    state: ClientState
    profile: Profile
    first_party: bool
    metadata: Mapping[str, Any]
    created_by: str
    created_at: datetime
    changed_at: datetime
    revision: int = 1
    secret: bytes | None = field(default=None, repr=False)  # SHA-256
    old_secret: bytes | None = field(default=None, repr=False)
    old_secret_until: datetime | None = None
    registration: bytes | None = field(default=None, repr=False)
    redirect_uris: tuple[str, ...] = field(init=False)
    scopes: frozenset[str] = field(init=False)
    auth_method: str = field(init=False)

    def __post_init__(self) -> None:
        # Asked at every request, so read once.
        object.__setattr__(self, "redirect_uris", tuple(self.metadata.get("redirect_uris", ())))
        object.__setattr__(self, "scopes", frozenset(str(self.metadata.get("scope", "openid")).split()))
        object.__setattr__(self, "auth_method", self.metadata.get("token_endpoint_auth_method", "client_secret_basic"))

    @property
    def usable(self) -> bool:
        return self.state is not ClientState.DISABLED

    @property
    def confidential(self) -> bool:
        return self.auth_method != "none"

    @property
    def native(self) -> bool:
        return self.metadata.get("application_type") == "native"

    @property
    def grant_types(self) -> Sequence[str]:
        found: Sequence[str] = self.metadata.get("grant_types", ("authorization_code",))
        return found

    @property
    def id_token_alg(self) -> str:
        """RS256 unless registered otherwise. Standard: OpenID Connect Registration 1.0, section 2."""
        default = "SM2-SM3" if self.profile is Profile.GUOMI else "ES256" if self.profile is Profile.FAPI2 else "RS256"
        return str(self.metadata.get("id_token_signed_response_alg", default))

    @property
    def pkce_required(self) -> bool:
        """Required of everybody but a confidential client with a recorded exception, which then owes a nonce."""
        return not (self.confidential and self.metadata.get("pkce") == "optional" and self.profile is Profile.STANDARD)

    @property
    def pushes_requests(self) -> bool:
        return self.profile is Profile.FAPI2 or bool(self.metadata.get("require_pushed_authorization_requests"))

    @property
    def binds_tokens(self) -> bool:
        """Whether every token must be bound to a key."""
        bound = self.metadata.get("dpop_bound_access_tokens") or self.metadata.get(
            "tls_client_certificate_bound_access_tokens"
        )
        return self.profile is Profile.FAPI2 or bool(bound)

    @property
    def pairwise(self) -> bool:
        return bool(self.metadata.get("subject_type", "pairwise") == "pairwise")

    @property
    def sector(self) -> str:
        """What subjects are made for: platforms of one body share a sector.

        Standard: OpenID Connect Core 1.0, section 8.1: the host of the sector identifier, else of the redirect URIs.
        """
        if found := self.metadata.get("sector"):
            return str(found)
        if found := self.metadata.get("sector_identifier_uri"):
            return urlsplit(str(found)).netloc
        hosts = {urlsplit(uri).netloc for uri in self.redirect_uris}
        return hosts.pop() if len(hosts) == 1 else self.id

    def name(self, lang: str) -> str:
        """What people call it, in ``zh`` or ``en``."""
        own = self.metadata.get(f"client_name#{'zh-CN' if lang == 'zh' else 'en'}")
        return str(own or self.metadata.get("client_name") or self.id)

    def accepts_redirect(self, uri: str) -> bool:
        """Exact comparison; a native app's loopback address may bring any port.

        Standard:
            RFC 9700, 2.1; RFC 8252, 7.3.
        """
        if uri in self.redirect_uris:
            return True
        if not self.native:
            return False
        try:
            asked = urlsplit(uri)
            host = _loopback_host(asked.netloc)
        except ValueError:
            return False
        if asked.scheme != "http" or host is None:
            return False
        return any(
            one.scheme == "http" and _loopback_host(one.netloc) == host
            and (one.path, one.query, one.fragment) == (asked.path, asked.query, asked.fragment)
            for one in map(urlsplit, self.redirect_uris)
        )  # fmt: skip

    def encode_metadata(self) -> str:
        return json.dumps(self.metadata, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _loopback_host(netloc: str) -> str | None:
    """The loopback address literal of a network location, its port left out."""
    host, _, port = netloc.rpartition(":") if not netloc.endswith("]") and ":" in netloc else (netloc, "", "")
    if port and not port.isdigit():
        return None
    return host if host in LOOPBACK else None
