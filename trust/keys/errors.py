"""What can be wrong with the key ring and with encrypted fields."""

from trust.errors import Kind, TrustError


class KeyMissing(TrustError):
    """The ring holds no key or secret of this name."""

    kind, code = Kind.NOT_FOUND, "key-missing"


class KeyExists(TrustError):
    """The ring holds a key or secret of this name already; it is never replaced."""

    kind, code = Kind.CONFLICT, "key-exists"


class KeyNameMalformed(TrustError):
    """Not a name of a key: parts of letters, digits, dots and hyphens, separated by slashes."""

    kind, code = Kind.MALFORMED, "key-name-malformed"


class KeyFileUnusable(TrustError):
    """The file that unlocks the ring is missing, readable by others, too short, or not the one that locked it."""

    kind, code = Kind.UNAVAILABLE, "key-file-unusable"


class KeyAltered(TrustError):
    """A key's file is damaged, forged, or another key's file under this name."""

    kind, code = Kind.INTERNAL, "key-altered"


class FieldAltered(TrustError):
    """An encrypted field is damaged or stands in another row or column than it was written to."""

    kind, code = Kind.INTERNAL, "field-altered"
