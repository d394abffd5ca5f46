"""The application: what services bring, dressed in the manners they share."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from trust.readiness import Outcome
from trust.settings import Http
from trust.web import health, pages, problems
from trust.web.body_limit import BodyLimit
from trust.web.manners import Manners

OPENAPI_PATH: Final = "/openapi.json"


def create(
    http: Http,
    routes: Iterable[APIRouter | BaseRoute],
    readiness: Callable[[], Sequence[Outcome]],
    start: pages.StartPage,
) -> ASGIApp:
    """Build the application.

    Args:
        http: limits and addresses.
        routes: FastAPI routers, and plain Starlette routes for hot endpoints; those are matched first.
        readiness: asked by `/readyz`.
        start: what the page at `/` shows.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = http.threads
        yield

    app = FastAPI(
        title="province-trust",
        version=version("province-trust"),
        summary="The trust infrastructure of a province: authority, seals, licences.",
        openapi_url=OPENAPI_PATH,
        docs_url=None,  # FastAPI's page loads its scripts from another host; ours is made here
        redoc_url=None,
        responses=problems.RESPONSES,
        lifespan=lifespan,
        middleware=[
            Middleware(Manners, https=http.public_url.startswith("https://"), proxies=http.forwarded_allow),
            # Inside of Manners, which asks who really sent a request id before this rewrites the peer's address.
            *(
                [Middleware(ProxyHeadersMiddleware, trusted_hosts=list(http.forwarded_allow))]
                if http.forwarded_allow
                else []
            ),
            Middleware(BodyLimit, most=http.max_body_bytes),
        ],
    )
    problems.install(app)
    routers: list[APIRouter] = []
    plain: list[BaseRoute] = []
    for each in routes:
        if isinstance(each, APIRouter):
            routers.append(each)
        else:
            plain.append(each)
    app.router.routes[:0] = [*plain, *health.routes(readiness)]
    for router in routers:
        app.include_router(router)
    app.router.routes.extend(pages.routes(start, app.openapi, plain))
    return app
