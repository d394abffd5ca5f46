"""What may go wrong when this home calls somebody: we refused to, or they did not answer as they should."""

from trust.errors import Kind, TrustError


class OutboundRefused(TrustError):
    """An address this home does not call: not public, not written plainly, or reached by a redirect."""

    kind, code = Kind.FORBIDDEN, "outbound-refused"


class OutboundFailed(TrustError):
    """The other side was not reached, took too long, answered too much or not in the agreed shape."""

    kind, code = Kind.UNAVAILABLE, "outbound-failed"
