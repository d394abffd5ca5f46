"""Time stamps over HTTP.

Standard:
    RFC 3161 section 3.4: POST of application/timestamp-query, answered by application/timestamp-reply with a status
    inside; refusals are answers too, and come with HTTP status 200.
"""

import logging
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from certs import timestamp_issue
from certs.timestamp_request import MAX_BYTES, Failure, RequestRefused, TimeStampRequest
from pki.errors import ClockUnsure
from pki.usecases.stamp_time import StampTime
from trust.errors import Kind, TrustError, describe
from trust.web import problems

QUERY_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"
BY = "client http"

_LOG = logging.getLogger(__name__)


class WrongMediaType(TrustError):
    """A body that does not say that it is a time-stamp request."""

    kind, code = Kind.MALFORMED, "wrong-media-type"


def routes(stamp: StampTime) -> Sequence[Route]:
    """Return the route that stamps."""

    def answer(body: bytes) -> bytes:
        try:
            (stamped,) = stamp([TimeStampRequest.decode(body)], BY)
        except RequestRefused as refused:
            return timestamp_issue.rejected(refused.failure, str(refused))
        except ClockUnsure as unsure:
            _LOG.warning("no time stamps: %s", unsure)
            return timestamp_issue.rejected(Failure.TIME_NOT_AVAILABLE, "the clock is not relied on now")
        except TrustError as fault:
            _LOG.warning("no time stamp: %s", describe(fault).code)
            return timestamp_issue.rejected(Failure.SYSTEM_FAILURE, describe(fault).code)
        return timestamp_issue.granted(stamped.token)

    async def query(request: Request) -> Response:
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != QUERY_TYPE:
            return problems.answer(WrongMediaType(f"a time-stamp request is {QUERY_TYPE}"))
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MAX_BYTES:
                refusal = timestamp_issue.rejected(Failure.BAD_DATA_FORMAT, f"more than {MAX_BYTES} octets")
                return Response(refusal, media_type=REPLY_TYPE)
        return Response(await run_in_threadpool(answer, bytes(body)), media_type=REPLY_TYPE)

    return [Route("/pki/tsa", query, methods=["POST"])]
