"""What can go wrong in the provider, each with its code."""

from trust.errors import Kind, TrustError


class ProofRefused(TrustError):
    """A factor was wrong, used up, expired or unknown; the answer never tells which."""

    kind, code = Kind.UNAUTHENTICATED, "proof-refused"


class TooManyAttempts(TrustError):
    """This account, number or address has to wait."""

    kind, code = Kind.UNAVAILABLE, "too-many-attempts"


class AccountMissing(TrustError):
    """There is no such account, or it is closed."""

    kind, code = Kind.NOT_FOUND, "account-missing"


class AccountTaken(TrustError):
    """Another account has this user name, phone, address or number."""

    kind, code = Kind.CONFLICT, "account-taken"


class ClientMissing(TrustError):
    """There is no such client."""

    kind, code = Kind.NOT_FOUND, "client-missing"


class ClientMalformed(TrustError):
    """What a client registers cannot be accepted; the message says why and what would be."""

    kind, code = Kind.MALFORMED, "client-malformed"


class SessionEnded(TrustError):
    """The session is over, or never was."""

    kind, code = Kind.UNAUTHENTICATED, "session-ended"


class FormStale(TrustError):
    """The form was made for another browser, or long ago."""

    kind, code = Kind.FORBIDDEN, "form-stale"


class CredentialTaken(TrustError):
    """The passkey, certificate or key is set up already, here or with another account."""

    kind, code = Kind.CONFLICT, "credential-taken"


class CredentialUnfit(TrustError):
    """A passkey, certificate or key that cannot be set up; the message says why."""

    kind, code = Kind.MALFORMED, "credential-unfit"


class DeviceMissing(TrustError):
    """The account has no such passkey, certificate or key."""

    kind, code = Kind.NOT_FOUND, "device-missing"


class TooManyDevices(TrustError):
    """The account has as many of this kind as one may have."""

    kind, code = Kind.CONFLICT, "too-many-devices"


class LevelTooLow(TrustError):
    """This act wants a surer or fresher sign-in."""

    kind, code = Kind.FORBIDDEN, "level-too-low"


class QrGone(TrustError):
    """The code was used, refused, ran out, or never was."""

    kind, code = Kind.NOT_FOUND, "qr-gone"


class QrMismatch(TrustError):
    """The number is not the one that the other screen shows; the code is refused for good."""

    kind, code = Kind.FORBIDDEN, "qr-mismatch"


class ClientChanged(TrustError):
    """Somebody else changed the client at the same moment."""

    kind, code = Kind.CONFLICT, "client-changed"


class LevelsChanged(TrustError):
    """Somebody else changed the levels at the same moment."""

    kind, code = Kind.CONFLICT, "levels-changed"


class EquivalenceMissing(TrustError):
    """Nobody said what this foreign level is worth."""

    kind, code = Kind.NOT_FOUND, "equivalence-missing"


class SigningKeysChanged(TrustError):
    """Somebody else rotated the signing keys at the same moment."""

    kind, code = Kind.CONFLICT, "signing-keys-changed"


class SigningKeyMissing(TrustError):
    """There is no such key, or none that signs with this algorithm."""

    kind, code = Kind.NOT_FOUND, "signing-key-missing"


class SigningKeyTooFresh(TrustError):
    """The next key was published so recently that some who keep our key set do not know it yet."""

    kind, code = Kind.CONFLICT, "signing-key-too-fresh"


class SigningKeyTooOld(TrustError):
    """A key signs for longer than it should."""

    kind, code = Kind.UNAVAILABLE, "signing-key-too-old"


class InteractionGone(TrustError):
    """The sign-in that this page belongs to is over, or was begun in another browser."""

    kind, code = Kind.NOT_FOUND, "interaction-gone"


class TestDataForbidden(TrustError):
    """Users with a password that everybody knows belong into a home in development."""

    kind, code = Kind.FORBIDDEN, "test-data-forbidden"
