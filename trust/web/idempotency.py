"""`Idempotency-Key`: a request that is repeated after a lost answer has its effect once and gets the same answer.

Standard:
    draft-ietf-httpapi-idempotency-key-header; a key that came with another request is a conflict, not a new request.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Self

from fastapi import Header
from starlette.responses import Response

from trust.clock import Clock
from trust.errors import Kind, TrustError
from trust.keys.ring import KeyRing
from trust.storage.answers import MAX_KEY_CHARACTERS, Answers, Claim
from trust.storage.database import Database

REPLAYED: Final = "Idempotent-Replayed"
_KEY = re.compile(rf"[\x21-\x7e]{{1,{MAX_KEY_CHARACTERS}}}", re.ASCII)
_LOG = logging.getLogger(__name__)

IdempotencyKey = Annotated[
    str | None, Header(alias="Idempotency-Key", description="Repeat a request with the same key for the same answer.")
]


class IdempotencyKeyMalformed(TrustError):
    """A key that is not 1 to 200 printable ASCII characters without spaces."""

    kind, code = Kind.MALFORMED, "idempotency-key-malformed"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that can be given again: JSON, and few headers such as Location."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, *, replayed: bool = False) -> Response:
        headers = {**self.headers, REPLAYED: "true"} if replayed else dict(self.headers)
        return Response(_json(self.body), self.status, headers, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Once:
    """Gives the first answer to every repetition. Share one among all routes."""

    answers: Answers

    @classmethod
    def over(cls, database: Database, clock: Clock, keys: KeyRing) -> Self:
        """The memory of a home, under the secret `answers` of its ring."""
        return cls(Answers(database, clock, keys.secret("answers")))

    def __call__(
        self, key: str | None, requester: str, request: Sequence[str | bytes], act: Callable[[], Answer]
    ) -> Response:
        """Act, unless this request was answered before; without a key, just act.

        Args:
            key: of the header; the use case gets it too where it can recognise its own work by it.
            requester: whose key it is, `str(principal)`.
            request: the name of the action and everything that decides its result, as it was parsed; the raw bytes
                would not do, since a client that repeats an upload chooses another multipart boundary.
            act: raises where nothing was done; then the key is free again.

        Raises:
            IdempotencyKeyMalformed, IdempotencyKeyReused, RequestInProgress.
        """
        if key is None:
            return act().response()
        if not _KEY.fullmatch(key):
            raise IdempotencyKeyMalformed("an Idempotency-Key has 1 to 200 printable characters and no space")
        claim = self.answers.begin(requester, key, _spelled(request))
        if isinstance(claim, bytes):
            return Answer(**json.loads(claim)).response(replayed=True)
        try:
            answer = act()
        except BaseException:
            self._release(claim)
            raise
        self.answers.keep(claim, _json({"status": answer.status, "body": answer.body, "headers": dict(answer.headers)}))
        return answer.response()

    def _release(self, claim: Claim) -> None:
        try:
            self.answers.release(claim)
        except TrustError:
            _LOG.warning("an idempotency key stays taken until its lease ends", exc_info=True)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _spelled(parts: Sequence[str | bytes]) -> bytes:
    """Each part with its length and kind, so that no two requests spell the same."""
    raw = [(b"t", part.encode()) if isinstance(part, str) else (b"b", part) for part in parts]
    return b"".join(b"%b%d:%b" % (kind, len(part), part) for kind, part in raw)
