"""Takes an authorization request as far as it goes: to a question for the user, or to the answer for the client."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from idp.errors import AccountMissing
from idp.model import claims
from idp.model.authorization import AuthorizationRequest, RequestRefused
from idp.model.client import Client, ClientState
from idp.model.grant import Context, Grant
from idp.model.next_step import Demands, Next, Settled, Step, decide
from idp.oidc import jose
from idp.oidc.keys import SigningKeys
from idp.oidc.presence import Visitor, Visitors
from idp.oidc.tokens import digest, new_token
from idp.storage.grants import Grants
from idp.storage.interactions import Consents
from idp.storage.levels import Levels
from idp.storage.sessions import Sessions
from trust.storage.unit_of_work import UnitOfWork
from trust.web.jwt import TokenUnfit

SYNTHETIC: Final = "synthetic"  # the origin of accounts that sandboxes may meet
ALGORITHMS: Final = ("RS256", "ES256", "SM2-SM3")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request between two pages."""

    request: AuthorizationRequest
    client: Client | None  # none: one of our own pages waits
    began_at: datetime
    settled: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """The user has to do something first."""

    waiting: Waiting
    next: Next
    visitor: Visitor | None


@dataclass(frozen=True, slots=True)
class Answered:
    """The browser goes back with this; for one of our own pages `mode` is empty."""

    redirect_uri: str
    mode: str
    parameters: Mapping[str, str] = field(repr=False)
    facts: Mapping[str, str] = field(default_factory=dict)  # for the journal
    grant: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Decides with what is stored, and records what follows from it.

    Args:
        visitors: finds who is signed in.
        keys: that signed the ID tokens which come back as hints.
        issuer: our address.
        code_life: of codes.
    """

    visitors: Visitors
    keys: SigningKeys
    issuer: str
    code_life: timedelta

    def hinted(self, waiting: Waiting) -> str | None:
        """Return the subject that the client expects, by a token of ours or by name.

        Raises:
            RequestRefused: the token is none of ours for this client.
        Standard:
            OpenID Connect Core 1.0, 3.1.2.1 and 5.5.1.
        """
        request = waiting.request
        wanted = (request.claims.get("id_token") or {}).get("sub")
        if isinstance(wanted, Mapping) and isinstance(wanted.get("value"), str):
            return str(wanted["value"])
        if request.id_token_hint is None:
            return None
        try:
            read = jose.verify(
                request.id_token_hint, self.keys, algorithms=ALGORITHMS, issuer=self.issuer, audience=(request.client,)
            )
            return read.text("sub")
        except TokenUnfit as error:
            raise RequestRefused("invalid_request", "id_token_hint: not an ID token of ours for this client") from error

    def advance(
        self, work: UnitOfWork, waiting: Waiting, cookie: bytes | None, hinted: str | None, at: datetime
    ) -> Asked | Answered:
        """Go on.

        Args:
            work: the transaction.
            waiting: the request.
            cookie: digest of the session's cookie.
            hinted: who the client thinks it is.
            at: now.
        """
        ladder = Levels(work.db).ladder()
        visitor = self.visitors.find(work.db, cookie, waiting.client, at)
        if visitor is not None:
            self.visitors.touch(work.db, ladder, visitor, at)
        client = waiting.client
        if client is not None and visitor is not None and _foreign(client, visitor):
            return self._refused(waiting, "access_denied")
        settled = Settled(
            waiting.began_at,
            consented="scopes" in waiting.settled,
            covered=client is None or self._covered(work, waiting, client, visitor, at),
            went_without=bool(waiting.settled.get("without")),
        )
        present = None if visitor is None else visitor.present
        following = decide(ladder, waiting.request, _demands(client), present, settled, hinted, at)
        if following.step is Step.SIGN_IN and _another(waiting, visitor, hinted):
            return self._refused(waiting, "login_required")
        if following.step is Step.REFUSE:
            return self._refused(waiting, following.error)
        if following.step is not Step.GRANT or visitor is None:
            return Asked(waiting, following, visitor)
        if client is None:
            return Answered(waiting.request.redirect_uri, "", {})
        return self._granted(work, waiting, client, visitor, following, at)

    def denied(self, waiting: Waiting) -> Answered:
        """Return the answer when the user says no."""
        return self._refused(waiting, "access_denied")

    def _covered(
        self, work: UnitOfWork, waiting: Waiting, client: Client, visitor: Visitor | None, at: datetime
    ) -> bool:
        if client.first_party or visitor is None:
            return client.first_party
        body = "" if visitor.acting is None else visitor.acting.body
        found = Consents(work.db).find(visitor.account.id, client.id, body, at)
        return found is not None and found.covers(frozenset(waiting.request.scopes), named(waiting.request, client))

    def _refused(self, waiting: Waiting, error: str) -> Answered:
        request = waiting.request
        if waiting.client is None:
            return Answered("/idp/account", "", {})
        return Answered(
            request.redirect_uri, request.response_mode, answer(self.issuer, request.state, error=error),
            {"client": request.client, "error": error},
        )  # fmt: skip

    def _granted(
        self, work: UnitOfWork, waiting: Waiting, client: Client, visitor: Visitor, following: Next, at: datetime
    ) -> Answered:
        request, standing = waiting.request, following.standing
        if standing is None:
            raise AccountMissing("nobody is signed in")
        scopes = tuple(waiting.settled.get("scopes", request.scopes))
        since = standing.auth_time or visitor.session.started_at
        context = Context(
            redirect_uri=request.redirect_uri, nonce=request.nonce, challenge=request.challenge, acr=following.acr,
            amr=standing.amr, auth_time=int(since.timestamp()), level=standing.level.value, il=standing.il.value,
            al=standing.al.value, claims=request.claims, acting=None if visitor.acting is None else visitor.acting.context,
            resources=request.resources, key=request.key,
        )  # fmt: skip
        code, sub = new_token(), visitor.present.sub
        grant = Grant(
            secrets.token_hex(16), client.id, visitor.account.id, visitor.session.sid, sub, scopes, context,
            "offline_access" in scopes, at, code_until=at + self.code_life,
        )  # fmt: skip
        Grants(work.db).add(grant, digest(code))
        Sessions(work.db).visit(visitor.session.sid, client.id, sub, at)
        told = {"scopes": list(scopes), "level": following.acr}
        Consents(work.db).release(visitor.account.id, client.id, "sign-in", visitor.session.sid, told, at)
        return Answered(
            request.redirect_uri, request.response_mode, answer(self.issuer, request.state, code=code),
            {"client": client.id, "acr": following.acr}, grant.id, visitor.account.id,
        )  # fmt: skip


def answer(issuer: str, state: str | None, **more: str) -> dict[str, str]:
    """Return the parameters of an authorization response. Standard: RFC 6749, 4.1.2; RFC 9207, 2."""
    return {**more, **({} if state is None else {"state": state}), "iss": issuer}


def named(request: AuthorizationRequest, client: Client) -> frozenset[str]:
    """Return the claims that a request asks for by name beside those of its scopes."""
    by_scope = claims.asked(request.scopes, {}, client.scopes)
    places = [request.claims.get(one) or {} for one in ("id_token", "userinfo")]
    return frozenset().union(*(claims.asked((), one, client.scopes) for one in places)) - by_scope


def chosen(waiting: Waiting, scopes: frozenset[str]) -> Waiting:
    """Return a request whose user agreed to some of its scopes."""
    kept = [one for one in waiting.request.scopes if one in scopes or one == "openid"]
    return replace(waiting, settled={**waiting.settled, "scopes": kept})


def _demands(client: Client | None) -> Demands:
    if client is None:
        return Demands()
    age = client.metadata.get("default_max_age")
    values = client.metadata.get("default_acr_values", ())
    return Demands(tuple(values), age if isinstance(age, int) else None)


def _foreign(client: Client, visitor: Visitor) -> bool:
    """Whether a sandbox meets somebody who is not made for tests."""
    return client.state is ClientState.SANDBOX and visitor.account.origin != SYNTHETIC


def _another(waiting: Waiting, visitor: Visitor | None, hinted: str | None) -> bool:
    """Whether somebody else signed in than the client expects, since it asked."""
    if visitor is None or hinted is None or hinted == visitor.present.sub:
        return False
    return any(one.at >= waiting.began_at for one in visitor.session.proofs)
