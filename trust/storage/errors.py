"""What can be wrong with the stores."""

from trust.errors import Kind, TrustError


class StorageUnavailable(TrustError):
    """The database does not answer, is full, or gave up on a lock; nothing was changed."""

    kind, code = Kind.UNAVAILABLE, "storage-unavailable"


class StorageUnsupported(TrustError):
    """The database address names neither SQLite nor PostgreSQL."""

    kind, code = Kind.MALFORMED, "storage-unsupported"


class ObjectMissing(TrustError):
    """No object is stored under this address."""

    kind, code = Kind.NOT_FOUND, "object-missing"


class ObjectAltered(TrustError):
    """The stored bytes are not the ones that were put: their digest is another."""

    kind, code = Kind.INTERNAL, "object-altered"


class AddressMalformed(TrustError):
    """The text is not an object's address: 64 lower-case hexadecimal digits."""

    kind, code = Kind.MALFORMED, "object-address-malformed"
