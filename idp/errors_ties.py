"""What can go wrong between accounts: mandates, links, imports, merges, recoveries and tickets."""

from trust.errors import Kind, TrustError


class MandateMissing(TrustError):
    """There is no such mandate, or it is not for this account."""

    kind, code = Kind.NOT_FOUND, "mandate-missing"


class MandateMalformed(TrustError):
    """What is granted cannot be; the message says why."""

    kind, code = Kind.MALFORMED, "mandate-malformed"


class MandateRefused(TrustError):
    """Whoever asks may not grant, change or use this."""

    kind, code = Kind.FORBIDDEN, "mandate-refused"


class MandateOver(TrustError):
    """The mandate is not in the state that this act wants: ended, frozen, accepted already, or run out."""

    kind, code = Kind.CONFLICT, "mandate-over"


class TooManyAdministrators(TrustError):
    """The body has as many administrators as one may have."""

    kind, code = Kind.CONFLICT, "too-many-administrators"


class LinkTaken(TrustError):
    """This outside account is linked to another account, or this account to another one of the provider."""

    kind, code = Kind.CONFLICT, "link-taken"


class LinkMissing(TrustError):
    """The account has no such link."""

    kind, code = Kind.NOT_FOUND, "link-missing"


class LinkRefused(TrustError):
    """The answer from outside does not belong to this browser, was used, ran out, or is not signed as it should be."""

    kind, code = Kind.UNAUTHENTICATED, "link-refused"


class LinkUnknown(TrustError):
    """Nobody linked this outside account yet: sign in or register, then link it."""

    kind, code = Kind.NOT_FOUND, "link-unknown"


class LastWayIn(TrustError):
    """Without it nobody could sign in to the account any more."""

    kind, code = Kind.CONFLICT, "last-way-in"


class ImportMalformed(TrustError):
    """The file of users cannot be read; the message says why."""

    kind, code = Kind.MALFORMED, "import-malformed"


class ConflictMissing(TrustError):
    """There is no such conflict, or it was decided."""

    kind, code = Kind.NOT_FOUND, "conflict-missing"


class MergeRefused(TrustError):
    """These accounts cannot become one, or can no longer be taken apart."""

    kind, code = Kind.CONFLICT, "merge-refused"


class RecoveryRefused(TrustError):
    """The proof is not enough for what should be recovered, or there is nothing to recover."""

    kind, code = Kind.FORBIDDEN, "recovery-refused"


class RecoveryMissing(TrustError):
    """There is no such recovery, or it was finished or cancelled."""

    kind, code = Kind.NOT_FOUND, "recovery-missing"


class RecoveryWaits(TrustError):
    """The delay has not passed yet."""

    kind, code = Kind.CONFLICT, "recovery-waits"


class TicketRefused(TrustError):
    """The ticket was used, ran out, or is for another client, key, target or browser."""

    kind, code = Kind.UNAUTHENTICATED, "ticket-refused"
