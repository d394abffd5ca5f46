"""`/registry/root.json` and `/registry/<region>.json`: the files that verifiers fetch, the same for everybody."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from certs.sm import sm3
from trust.storage.registry_folder import RegistryFolder

_CACHE = "public, max-age=900"


def routes(folder: RegistryFolder) -> list[Route]:
    """The route that serves the folder; a file that was not changed is answered without its body."""

    def serve(request: Request) -> Response:
        data = folder.find(request.path_params["name"])
        if data is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        headers = {"ETag": f'"{sm3.digest(data).hex()}"', "Cache-Control": _CACHE}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(data, media_type="application/json", headers=headers)

    return [Route("/registry/{name}", serve, methods=["GET"])]
