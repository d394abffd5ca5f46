"""What can be wrong with the journal."""

from trust.errors import Kind, TrustError


class EntryMalformed(TrustError):
    """An entry whose event or fact names are not names; a fault of the caller's code."""

    kind, code = Kind.INTERNAL, "journal-entry-malformed"


class JournalForked(TrustError):
    """The journal no longer contains what a signed head says; nothing further is signed until it is repaired."""

    kind, code = Kind.INTERNAL, "journal-forked"


class JournalAltered(TrustError):
    """Examination of the journal found an entry, a tile or a head that is not what was written."""

    kind, code = Kind.INTERNAL, "journal-altered"
