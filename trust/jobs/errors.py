"""What can happen to claimed work."""

from trust.errors import Kind, TrustError


class ClaimLost(TrustError):
    """The lease ran out and another worker took the work over; what this one did must not be committed."""

    kind, code = Kind.CONFLICT, "claim-lost"


class PayloadMalformed(TrustError):
    """A payload that is not plain JSON, or larger than a job may be."""

    kind, code = Kind.INTERNAL, "job-payload-malformed"
