"""What can be wrong with a log's heads and proofs."""

from trust.errors import Kind, TrustError


class ProofRejected(TrustError):
    """The hashes of a proof do not lead to the root they are said to lead to."""

    kind, code = Kind.MALFORMED, "log-proof-rejected"


class NoteMalformed(TrustError):
    """Not a signed note, not a checkpoint, or not a proof in our form."""

    kind, code = Kind.MALFORMED, "log-note-malformed"


class NoteUnsigned(TrustError):
    """No key we know signed this note, or a key we know did not sign it as it stands."""

    kind, code = Kind.MALFORMED, "log-note-unsigned"
