"""What a user, or a client on its own, was granted: the root from which codes and tokens come, and die."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Context:
    """How sure we were when we granted, and what was asked; the same for every token of the grant."""

    redirect_uri: str = ""
    nonce: str | None = None
    challenge: str | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()
    auth_time: int | None = None  # epoch seconds
    level: int = 0
    il: int = 0
    al: int = 0
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    acting: Mapping[str, Any] | None = None  # the body acted for: role, mandate, scope
    resources: tuple[str, ...] = ()
    key: str = ""

    def encode(self) -> str:
        """Return JSON of what is not empty."""
        said = {name: value for name, value in asdict(self).items() if value not in (None, "", (), {})}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read what `encode` wrote."""
        known = {one.name for one in fields(cls)}
        read = {name: value for name, value in json.loads(text).items() if name in known}
        for name in ("amr", "resources"):
            if name in read:
                read[name] = tuple(read[name])
        return cls(**read)


@dataclass(frozen=True, slots=True)
class Grant:
    """One authorization; all its tokens are one family, which one write revokes."""

    id: str
    client: str
    account: str  # empty: the client's own
    sid: str
    sub: str
    scopes: tuple[str, ...]
    context: Context
    offline: bool
    at: datetime
    revoked_at: datetime | None = None
    code_until: datetime | None = None
    code_used_at: datetime | None = None
