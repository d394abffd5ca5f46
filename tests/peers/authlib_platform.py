"""A platform built on Authlib's client for Starlette, served on loopback."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from authlib.integrations.starlette_client import OAuth
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

START_SECONDS: Final = 10


class Remembered:
    """Sessions in memory, found by a cookie; what Starlette's own would ask another library for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, dict[str, Any]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = Request(scope).cookies.get("platform", "")
        fresh = name not in self._kept
        name = secrets.token_urlsafe(16) if fresh else name
        scope["session"] = self._kept.setdefault(name, {})

        async def sending(message: Any) -> None:
            if fresh and message["type"] == "http.response.start":
                cookie = f"platform={name}; Path=/; HttpOnly; SameSite=Lax".encode()
                message["headers"] = [*message["headers"], (b"set-cookie", cookie)]
            await send(message)

        await self._app(scope, receive, sending)


def application(base: str, issuer: str, client: str, secret: str) -> ASGIApp:
    """The platform: `/login`, `/back`, `/me`, `/refresh`, `/logout`, `/out`."""
    oauth = OAuth()
    oauth.register(
        "provider",
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_id=client,
        client_secret=secret,
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )
    provider = oauth.provider

    async def login(request: Request) -> Response:
        answer: Response = await provider.authorize_redirect(request, f"{base}/back")
        return answer

    async def back(request: Request) -> Response:
        token = await provider.authorize_access_token(request)
        request.session["token"] = dict(token)
        return RedirectResponse("/me", 303)

    async def me(request: Request) -> Response:
        token = request.session.get("token")
        if token is None:
            return RedirectResponse("/login")
        told = await provider.userinfo(token=token)
        return JSONResponse({"id_token": dict(token["userinfo"]), "userinfo": dict(told)})

    async def refresh(request: Request) -> Response:
        before = request.session["token"]
        metadata = await provider.load_server_metadata()
        async with provider._get_oauth_client(**metadata) as session:
            after = await session.refresh_token(metadata["token_endpoint"], refresh_token=before["refresh_token"])
        request.session["token"] = {**before, **after}
        changed = [name for name in ("access_token", "refresh_token") if before[name] != after[name]]
        return JSONResponse({"changed": changed})

    async def logout(request: Request) -> Response:
        token = request.session.pop("token")
        answer: Response = await provider.logout_redirect(request, f"{base}/out", token["id_token"])
        return answer

    async def out(request: Request) -> Response:
        await provider.validate_logout_response(request)
        return PlainTextResponse("signed out")

    handlers = {"login": login, "back": back, "me": me, "refresh": refresh, "logout": logout, "out": out}
    routes = [Route(f"/{name}", handler) for name, handler in handlers.items()]
    return Starlette(routes=routes, middleware=[Middleware(Remembered)])


@contextmanager
def served(port: int, issuer: str, client: str, secret: str) -> Iterator[str]:
    """Serve it on a port of loopback in a thread; gives its address."""
    base = f"http://127.0.0.1:{port}"
    app = application(base, issuer, client, secret)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + START_SECONDS
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < until
        time.sleep(0.01)
    try:
        yield base
    finally:
        server.should_exit = True
        thread.join()
