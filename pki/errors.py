"""What can be wrong with a request to the authority, and what the authority can be unable to do now."""

from trust.errors import Kind, TrustError


class AuthorityMissing(TrustError):
    """No such authority here, or none that issues certificates of this profile: the ceremony was not held."""

    kind, code = Kind.NOT_FOUND, "authority-missing"


class ProfileNotIssued(TrustError):
    """This authority does not issue certificates of this profile."""

    kind, code = Kind.FORBIDDEN, "profile-not-issued"


class OrderRefused(TrustError):
    """A certificate that must not be issued, or a request that proves nothing; the message names the rule."""

    kind, code = Kind.MALFORMED, "certificate-refused"


class IdempotencyKeyReused(TrustError):
    """The same requester used the same key for another order."""

    kind, code = Kind.CONFLICT, "idempotency-key-reused"


class IssueInProgress(TrustError):
    """The same order is being carried out, or was interrupted less than a minute ago; ask again."""

    kind, code = Kind.UNAVAILABLE, "issue-in-progress"


class IssueAbandoned(TrustError):
    """The certificate took so long that its serial was given up and revoked; ask again, for a new one."""

    kind, code = Kind.UNAVAILABLE, "issue-abandoned"


class IssuedWrong(TrustError):
    """What came back from the key does not verify or is not what was meant; nothing was handed out."""

    kind, code = Kind.INTERNAL, "issued-wrong"


class CertificateMissing(TrustError):
    """No certificate of this serial was issued here."""

    kind, code = Kind.NOT_FOUND, "certificate-missing"


class AlreadyRevoked(TrustError):
    """The certificate is revoked for good; only a hold can be changed."""

    kind, code = Kind.CONFLICT, "already-revoked"


class RevocationRefused(TrustError):
    """A reason that cannot be given here, or a date that cannot be true."""

    kind, code = Kind.MALFORMED, "revocation-refused"


class ListContested(TrustError):
    """Several publishers kept overtaking one another on one list; it will be tried again."""

    kind, code = Kind.UNAVAILABLE, "list-contested"


class ListMissing(TrustError):
    """No list of this authority and shard has been published."""

    kind, code = Kind.NOT_FOUND, "list-missing"


class ClockUnsure(TrustError):
    """The clock went back, jumped, or is not synchronised; nothing is stamped or issued until it is right."""

    kind, code = Kind.UNAVAILABLE, "clock-unsure"


class CeremonyMalformed(TrustError):
    """A ceremony configuration that we refuse; the message names the key."""

    kind, code = Kind.MALFORMED, "ceremony-malformed"


class CeremonyDiffers(TrustError):
    """An authority of this name exists and is not the one the configuration describes."""

    kind, code = Kind.CONFLICT, "ceremony-differs"
