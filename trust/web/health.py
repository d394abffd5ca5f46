"""`/healthz` says that the process lives; `/readyz` names what it lacks to do its work, and nothing more."""

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from trust.readiness import Outcome


def routes(readiness: Callable[[], Sequence[Outcome]]) -> list[Route]:
    """The two routes; `readiness` is asked in a thread."""

    async def live(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    def ready(_: Request) -> Response:
        missing = [outcome.name for outcome in readiness() if not outcome.well]
        status = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
        body = json.dumps({"ready": not missing, "missing": missing})
        return Response(body, status, media_type="application/json")

    return [Route("/healthz", live), Route("/readyz", ready)]
