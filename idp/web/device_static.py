"""The scripts of the provider: without them passkeys cannot be asked for, and what goes on by itself takes a button."""

import hashlib
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FOLDER: Final = Path(__file__).parent / "static"
_FOR_GOOD: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_SCRIPTS: Final = {name: (_FOLDER / f"{name}.js").read_bytes() for name in ("passkey", "qr", "submit")}
_STYLE: Final = (_FOLDER / "idp.css").read_bytes()
STYLE_PATH: Final = f"/idp/static/idp-{hashlib.sha256(_STYLE).hexdigest()[:12]}.css"
PATHS: Final = {  # a new script is a new address
    name: f"/idp/static/{name}-{hashlib.sha256(data).hexdigest()[:12]}.js" for name, data in _SCRIPTS.items()
}


def routes() -> list[Route]:
    """Return where the scripts are."""

    def serve(data: bytes) -> Route:
        async def script(_: Request) -> Response:
            return Response(data, media_type="text/javascript", headers=_FOR_GOOD)

        name = next(one for one, each in _SCRIPTS.items() if each is data)
        return Route(PATHS[name], script, methods=["GET"])

    async def style(_: Request) -> Response:
        return Response(_STYLE, media_type="text/css", headers=_FOR_GOOD)

    return [*(serve(data) for data in _SCRIPTS.values()), Route(STYLE_PATH, style, methods=["GET"])]
