"""A time-stamp request: what a client asks to be stamped, and the refusals a time-stamp authority owes it.

Standard:
    RFC 3161 section 2.4.1; GM/T 0033-2014 (time-stamp request).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Final, Self

from certs import der, oids
from certs import der_writer as write
from certs.cms import read_algorithm
from certs.errors import CertsError, MalformedEncoding

MAX_BYTES: Final = 4096
MAX_NONCE_BYTES: Final = 32
DIGEST_BYTES: Final = {oids.SM3: 32, oids.SHA256: 32}
_SPELLINGS: Final = {oids.SM3_WITHOUT_KEY: oids.SM3}


class Failure(IntEnum):
    """Why a request is refused: the bit of PKIFailureInfo."""

    BAD_ALG = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    TIME_NOT_AVAILABLE = 14
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16
    SYSTEM_FAILURE = 25


class RequestRefused(CertsError):
    """A time-stamp request that an authority answers with a rejection."""

    code: ClassVar[str] = "time-stamp-request-refused"

    def __init__(self, failure: Failure, message: str) -> None:
        """Say which failure bit the answer carries, and why in words."""
        super().__init__(message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class MessageImprint:
    """A digest and what made it."""

    algorithm: str  # a key of DIGEST_BYTES
    digest: bytes

    def encode(self) -> bytes:
        """Encode with absent parameters."""
        return write.sequence(write.sequence(write.oid(self.algorithm)), write.octet_string(self.digest))

    @classmethod
    def take(cls, reader: der.Reader) -> Self:
        """Take an imprint as it stands; whether its algorithm is one of ours is the caller's question."""
        with reader.inside() as imprint:
            with imprint.inside() as algorithm:
                named = read_algorithm(algorithm)
            return cls(_SPELLINGS.get(named, named), imprint.octets())


@dataclass(frozen=True, slots=True)
class TimeStampRequest:
    """A decoded request whose imprint is of a digest we stamp, with the right length."""

    imprint: MessageImprint
    policy: str | None = None
    nonce: int | None = None
    certificate_wanted: bool = False

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Decode a request and refuse what an authority must refuse.

        Raises:
            RequestRefused: with badDataFormat (not a request, wrong digest length), badAlg (unknown or weak digest) or
                unacceptedExtension.
        """
        if len(data) > MAX_BYTES:
            raise RequestRefused(Failure.BAD_DATA_FORMAT, f"more than {MAX_BYTES} octets")
        try:
            request, extended = cls._take(data)
        except MalformedEncoding as wrong:
            raise RequestRefused(Failure.BAD_DATA_FORMAT, str(wrong)) from wrong
        expected = DIGEST_BYTES.get(request.imprint.algorithm)
        if expected is None:
            raise RequestRefused(Failure.BAD_ALG, f"the digest {request.imprint.algorithm} is not stamped here")
        if len(request.imprint.digest) != expected:
            raise RequestRefused(Failure.BAD_DATA_FORMAT, f"a digest of {len(request.imprint.digest)} octets")
        if extended:
            raise RequestRefused(Failure.UNACCEPTED_EXTENSION, "extensions are not accepted")
        return request

    def encode(self) -> bytes:
        """Encode the request."""
        return write.sequence(
            write.integer(1),
            self.imprint.encode(),
            b"" if self.policy is None else write.oid(self.policy),
            b"" if self.nonce is None else write.integer(self.nonce),
            write.TRUE if self.certificate_wanted else b"",
        )

    @classmethod
    def _take(cls, data: bytes) -> tuple[Self, bool]:
        policy = nonce = None
        wanted = extended = False
        with der.reading(data) as reader, reader.inside() as request:
            if request.integer() != 1:
                raise MalformedEncoding("a request of another version")
            imprint = MessageImprint.take(request)
            if request.has(der.OBJECT_IDENTIFIER):
                policy = request.oid()
            if request.has(der.INTEGER):
                nonce = request.integer()
                if nonce.bit_length() > 8 * MAX_NONCE_BYTES:
                    raise MalformedEncoding("a nonce out of all proportion")
            if request.has(der.BOOLEAN):
                wanted = request.boolean()
            if request.has(der.context(0)):
                extended = True
                request.raw()
        return cls(imprint, policy, nonce, wanted), extended
