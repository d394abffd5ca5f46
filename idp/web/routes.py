"""Every route of the provider, in one list."""

from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.routing import BaseRoute

from idp.device_parts import DeviceParts
from idp.factors import enrolment
from idp.oidc.discovery import describe
from idp.oidc.introspection import Introspection
from idp.oidc.pushed import Requests
from idp.oidc.requests import AuthorizationRequests
from idp.oidc.server import TokenServer
from idp.oidc.userinfo import UserInfo
from idp.parts import COOKIES, Parts
from idp.storage.levels import Levels
from idp.storage.statements import Statements
from idp.usecases.begin_authorization import BeginAuthorization
from idp.usecases.decide_consent import DecideConsent
from idp.usecases.end_session import EndSession
from idp.usecases.enter_session import EnterSession
from idp.usecases.issue_tokens import IssueTokens
from idp.usecases.push_request import PushRequest
from idp.usecases.resume_authorization import ResumeAuthorization
from idp.usecases.revoke_token import RevokeToken
from idp.usecases.withdraw_consent import WithdrawConsent
from idp.web import device_routes, ties_routes
from idp.web.account import AccountPages
from idp.web.authorize import AuthorizeEndpoint
from idp.web.browser import Browsers
from idp.web.door import Door
from idp.web.factors import FactorPages
from idp.web.interaction import InteractionPages
from idp.web.logout import LogoutEndpoint
from idp.web.metadata import Metadata, encode
from idp.web.par import PATH as PAR
from idp.web.par import ParEndpoint
from idp.web.token import TokenEndpoints
from idp.web.userinfo import PATH as USERINFO
from idp.web.userinfo import UserInfoEndpoint


def routes(parts: Parts) -> list[BaseRoute | APIRouter]:
    """Return the endpoints and pages; the signing keys are loaded here, once."""
    parts.keys.load()
    return [*_protocol(parts), *_pages(parts)]


def _protocol(parts: Parts) -> list[BaseRoute]:
    floor, settings = parts.floor, parts.settings
    work, clock = floor.new_work, floor.clock
    with floor.database.reading() as db:
        described = encode(describe(settings, Levels(db).ladder()))
    issue = IssueTokens(work, clock, parts.authenticate, parts.bound, TokenServer(parts.tokens), parts.keys)
    introspection = Introspection(Statements.of(floor.database), clock, parts.authenticate, settings.issuer)
    userinfo = UserInfo(floor.database, clock, parts.clients.find, parts.claims)
    proofs, certificates = parts.client_parts.proofs, parts.client_parts.certificates
    push = PushRequest(work, clock, parts.authenticate, _requests(parts), proofs, settings.url(PAR))
    return [
        *ParEndpoint(push).routes(),
        *Metadata(described, lambda sm2: parts.keys.jwks(sm2=sm2)).routes(),
        *TokenEndpoints(issue, introspection, RevokeToken(work, clock, parts.authenticate)).routes(),
        *UserInfoEndpoint(userinfo, proofs, certificates, settings.url(USERINFO)).routes(),
    ]


def door(parts: Parts) -> Door:
    """Return what the pages of all rooms share."""
    floor, settings = parts.floor, parts.settings
    address = urlsplit(settings.issuer)
    browsers = Browsers(floor.keys.secret(COOKIES), f"{address.scheme}://{address.netloc}", settings.secure)
    return Door(
        floor.database, floor.clock, browsers, parts.visitors, parts.waiting, parts.clients, _begin(parts),
        EnterSession(floor.new_work, floor.clock, parts.vault, parts.back_channel), lambda _, body: body,
    )  # fmt: skip


def _requests(parts: Parts) -> AuthorizationRequests:
    return AuthorizationRequests(parts.clients.find, parts.client_parts.objects)


def _begin(parts: Parts) -> BeginAuthorization:
    return BeginAuthorization(parts.floor.new_work, parts.floor.clock, parts.progress, parts.settings.interaction_life)


def _pages(parts: Parts) -> list[BaseRoute | APIRouter]:
    floor, settings, shared = parts.floor, parts.settings, door(parts)
    work, clock = floor.new_work, floor.clock
    resume = ResumeAuthorization(work, clock, parts.progress, parts.waiting)
    decide = DecideConsent(work, clock, parts.progress, parts.waiting, parts.visitors, settings.consent_life)
    pages = InteractionPages(shared, parts.factors, resume, decide)
    requests = Requests(floor.database, parts.clients.find, _requests(parts))
    devices, end = (
        DeviceParts.of(floor, parts.vault, enrolment.enrolled, parts.notices),
        EndSession(work, clock, parts.back_channel),
    )

    def names(client: str) -> str:
        found = parts.clients.find(client)
        return client if found is None else found.name("zh")

    return [
        *AuthorizeEndpoint(shared, settings.issuer, requests, _begin(parts), pages).routes(),
        *pages.routes(),
        *LogoutEndpoint(shared, settings.issuer, parts.keys, end).routes(),
        *AccountPages(shared, end, WithdrawConsent(work, clock)).routes(),
        *FactorPages(shared, floor.database, parts.factors).routes(),
        *device_routes.routes(shared, devices, names),
        *ties_routes.routes(shared, parts.ties, settings.issuer, floor.database, parts.vault, clock),
    ]
