"""What can be wrong with bytes, keys and chains: each error names one fact and carries a stable code."""

from enum import Enum
from typing import ClassVar


class CertsError(Exception):
    """The root of everything this package raises on purpose."""

    code: ClassVar[str] = "certs-error"


class MalformedEncoding(CertsError):
    """The bytes are not an encoding of the value that was asked for."""

    code = "malformed-encoding"


class LimitExceeded(MalformedEncoding):
    """The bytes are larger, deeper or more numerous than we are willing to read."""

    code = "limit-exceeded"


class AlgorithmMismatch(MalformedEncoding):
    """Two places that must name one algorithm name two, or one names it with parameters it does not have."""

    code = "algorithm-mismatch"


class UnknownAlgorithm(CertsError):
    """An algorithm, curve or key kind that is not in our table, or does not fit its key."""

    code = "unknown-algorithm"


class InvalidKey(CertsError):
    """A key that is off its curve, out of range, or otherwise unusable."""

    code = "invalid-key"


class InvalidSignature(CertsError):
    """A signature value that does not verify over the bytes it is said to sign."""

    code = "invalid-signature"


class DecryptionFailed(CertsError):
    """A cipher text whose authentication does not hold, or a wrong password."""

    code = "decryption-failed"


class NoProvider(CertsError):
    """No SM2 provider on this machine proved itself, or none may sign under the given rules."""

    code = "no-sm2-provider"


class UnknownProfile(CertsError):
    """A name under which no certificate profile is known."""

    code = "unknown-profile"


class CertificateRefused(CertsError):
    """A certificate that must not be issued; the rules that it breaks are named."""

    code = "certificate-refused"

    def __init__(self, message: str, rules: tuple[str, ...]) -> None:
        super().__init__(message)
        self.rules = rules


class IssuedDiffers(CertsError):
    """What came out of signing is not what was meant to be signed."""

    code = "issued-differs"


class ChainFault(Enum):
    """Why no path holds, the gravest first."""

    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    USAGE = "usage"
    CHAIN_BROKEN = "chain-broken"
    NO_ANCHOR = "no-anchor"


class ChainRejected(CertsError):
    """No candidate path from the certificate to an anchor is valid at the stated instant.

    Attributes:
        reason: the gravest fault of the best candidate.
        reasons: all its faults, the gravest first.
    """

    code = "chain-rejected"

    def __init__(self, message: str, reasons: tuple[ChainFault, ...]) -> None:
        super().__init__(message)
        self.reasons = reasons
        self.reason = reasons[0]


class SignerUnknown(CertsError):
    """A signed message whose signer's certificate is neither enclosed nor given."""

    code = "signer-unknown"


class TimeStampInvalid(CertsError):
    """A time-stamp token that does not prove what it is said to prove, or a refusal instead of one."""

    code = "timestamp-invalid"
