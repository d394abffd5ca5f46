"""Certificates of authorities and their newest revocation lists, for anybody to fetch.

Standard:
    RFC 5280 section 4.2.1.13 (lists over HTTP); RFC 2585 section 3 (media types).
"""

from collections.abc import Sequence
from email.utils import format_datetime
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pki.errors import AuthorityMissing, ListMissing
from pki.storage.directory import Directory
from pki.storage.lists import Lists, Published
from trust.storage.objects import ObjectStore
from trust.web import problems

LIST_TYPE = "application/pkix-crl"
CERTIFICATE_TYPE = "application/pkix-cert"
MAX_AGE_SECONDS = 60
_KEPT_LISTS = 64


def routes(directory: Directory, objects: ObjectStore) -> Sequence[Route]:
    """Return the routes of everything that is published."""
    stored = lru_cache(maxsize=_KEPT_LISTS)(objects.get)  # an address names its bytes for ever

    def newest(authority: str, shard: int) -> Published:
        with directory.database.reading() as db:
            found = Lists(db).newest(authority, shard)
        if found is None:
            raise ListMissing(f"no list {authority}/{shard} has been published")
        return found

    def revocation_list(request: Request) -> Response:
        try:
            found = newest(request.path_params["authority"], request.path_params["shard"])
        except ListMissing as missing:
            return problems.answer(missing)
        return _answer(request, stored(found.address), found.address, LIST_TYPE, _times(found))

    def certificate(request: Request) -> Response:
        try:
            found = directory.authority(request.path_params["authority"]).certificate
        except AuthorityMissing as missing:
            return problems.answer(missing)
        return _answer(request, found.der, found.fingerprint.hex(), CERTIFICATE_TYPE, {})

    return [
        Route("/pki/crl/{authority}/{shard:int}.crl", revocation_list, methods=["GET"]),
        Route("/pki/ca/{authority}.cer", certificate, methods=["GET"]),
    ]


def _times(found: Published) -> dict[str, str]:
    return {
        "Last-Modified": format_datetime(found.this_update, usegmt=True),
        "Expires": format_datetime(found.next_update, usegmt=True),
    }


def _answer(request: Request, body: bytes, tag: str, media_type: str, headers: dict[str, str]) -> Response:
    headers |= {"ETag": f'"{tag}"', "Cache-Control": f"public, max-age={MAX_AGE_SECONDS}"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
