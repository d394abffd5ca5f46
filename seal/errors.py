"""What can be wrong with making and using seals."""

from trust.errors import Kind, TrustError


class SealIdMalformed(TrustError):
    """The text is not a seal code: a division of six digits and eight more."""

    kind, code = Kind.MALFORMED, "seal-id-malformed"


class SealOrderMalformed(TrustError):
    """An order for a seal or a stamping that can never be carried out as it is written."""

    kind, code = Kind.MALFORMED, "seal-order-malformed"


class SealMissing(TrustError):
    """No seal has this code."""

    kind, code = Kind.NOT_FOUND, "seal-missing"


class SealNotUsable(TrustError):
    """The seal is not finished, frozen, cancelled, or outside its dates."""

    kind, code = Kind.CONFLICT, "seal-not-usable"


class SealChanged(TrustError):
    """The seal was changed since it was read; nothing that was begun with it may be finished."""

    kind, code = Kind.CONFLICT, "seal-changed"


class UseNotPermitted(TrustError):
    """Whoever asks may not use this seal."""

    kind, code = Kind.FORBIDDEN, "seal-use-not-permitted"


class TransitionRefused(TrustError):
    """A step that the life cycle does not have from here."""

    kind, code = Kind.CONFLICT, "transition-refused"


class KeyReused(TrustError):
    """The idempotency key was used before, for another order."""

    kind, code = Kind.CONFLICT, "idempotency-key-reused"


class StampingInProgress(TrustError):
    """The same order is being carried out at this moment; asking again a little later gives its result."""

    kind, code = Kind.UNAVAILABLE, "stamping-in-progress"


class StampingAbandoned(TrustError):
    """The stamping took longer than it may and was abandoned meanwhile; nothing of it left the house."""

    kind, code = Kind.UNAVAILABLE, "stamping-abandoned"


class MadeSealRefused(TrustError):
    """A seal or document we made does not pass our own verifier; it was not released."""

    kind, code = Kind.INTERNAL, "own-work-refused"
