"""Errors as problem details (RFC 9457): a status and a stable code; the detail of a fault stays in the log."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from certs.errors import CertsError
from trust.errors import Description, Kind, TrustError, describe
from trust.logs import request_id
from trust.web.challenge import Challenged

MEDIA_TYPE: Final = "application/problem+json"
STATUS: Final[Mapping[Kind, HTTPStatus]] = {
    Kind.MALFORMED: HTTPStatus.BAD_REQUEST,
    Kind.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Kind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Kind.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}
RETRY_AFTER_SECONDS: Final = "5"

_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "for people; may change"},
        "code": {"type": "string", "description": "for programs; stays"},
        "reference": {"type": "string", "description": "finds the request in the log"},
    },
}
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {  # what the OpenAPI document says of every operation
    status: {"description": said, "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}
    for status, said in (("default", "Problem details (RFC 9457)"), (422, "The request is not of the described shape"))
}


def answer(error: BaseException) -> Response:
    """The response for an error of ours or an unplanned one.

    Standard:
        RFC 9457, members of a problem details object; `code` and `reference` are extension members.
    """
    described = describe(error)
    if described.kind is Kind.INTERNAL:
        # A planned internal error may say more than the world should read, too.
        described = Description(Kind.INTERNAL, described.code, "an unexpected fault; the reference finds it in the log")
    headers = {"Retry-After": RETRY_AFTER_SECONDS} if described.kind is Kind.UNAVAILABLE else {}
    if isinstance(error, Challenged):
        headers["WWW-Authenticate"] = error.challenge
    return problem(STATUS[described.kind], described.code, described.message, headers)


def problem(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """A problem response; `more` are further extension members."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        **more,
    }
    if reference := request_id.get():
        body["reference"] = reference
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, dict(headers or {}), media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let an application answer every planned error as a problem; unplanned ones are the outermost layer's."""
    for kind in (TrustError, CertsError):
        app.add_exception_handler(kind, _planned)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)


async def _planned(_: Request, error: Exception) -> Response:
    if describe(error).kind is Kind.INTERNAL:
        raise error  # the outermost layer logs it
    return answer(error)


async def _http(_: Request, error: Exception) -> Response:
    """Errors of the framework itself: no such path, wrong method."""
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "-").replace("'", "")
    return problem(error.status_code, code, error.detail or phrase, error.headers)


async def _invalid(_: Request, error: Exception) -> Response:
    """Says where a request is wrong and how, never what it carried: that may be a person's number."""
    assert isinstance(error, RequestValidationError)
    where = [{"at": ".".join(map(str, each["loc"])), "wrong": each["type"]} for each in error.errors()]
    said = ", ".join(f"{each['at']} ({each['wrong']})" for each in where)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "request-invalid", said, errors=where)
