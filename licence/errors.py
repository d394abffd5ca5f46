"""What can go wrong with licences: each error names one fact and carries a stable code."""

from trust.errors import Kind, TrustError


class LicenceError(TrustError):
    """The root of what this package raises on purpose."""

    code = "licence-error"


class IdentifierMalformed(LicenceError):
    """A text that is not a licence identifier of GB/T 36904."""

    kind, code = Kind.MALFORMED, "licence-identifier-malformed"


class MetadataMalformed(LicenceError):
    """Metadata that break the rules of GB/T 36903, or are not there at all."""

    kind, code = Kind.MALFORMED, "licence-metadata-malformed"


class LicenceFileMalformed(LicenceError):
    """An OFD that carries no licence, or one whose data index points nowhere."""

    kind, code = Kind.MALFORMED, "licence-file-malformed"


class QrMalformed(LicenceError):
    """A code text that is not a signed licence code of ours."""

    kind, code = Kind.MALFORMED, "licence-qr-malformed"


class LayoutMalformed(LicenceError):
    """A layout description that cannot be laid out whatever the data."""

    kind, code = Kind.MALFORMED, "layout-malformed"


class TextOverflows(LicenceError):
    """A value that does not fit its box even at the smallest size its rule allows."""

    kind, code = Kind.MALFORMED, "text-overflows"


class TextNotPrintable(LicenceError):
    """A value with control characters, line breaks or code points that XML cannot carry."""

    kind, code = Kind.MALFORMED, "text-not-printable"


class LicenceTypeMalformed(LicenceError):
    """A licence type's file that breaks the rules of its form."""

    kind, code = Kind.MALFORMED, "licence-type-malformed"


class LicenceTypeMissing(LicenceError):
    """No licence type of this code, or of this version, is registered."""

    kind, code = Kind.NOT_FOUND, "licence-type-missing"


class LicenceTypeChanged(LicenceError):
    """A version of a licence type that was registered with another content, or does not follow the one before."""

    kind, code = Kind.CONFLICT, "licence-type-changed"


class LicenceOrderMalformed(LicenceError):
    """An order for a licence that can never be carried out as it is written."""

    kind, code = Kind.MALFORMED, "licence-order-malformed"


class LicenceMissing(LicenceError):
    """No licence has this identifier."""

    kind, code = Kind.NOT_FOUND, "licence-missing"


class LicenceExists(LicenceError):
    """The holder has a valid licence of this type, of which there can be one alone."""

    kind, code = Kind.CONFLICT, "licence-exists"


class IssuerNotEntitled(LicenceError):
    """The body that owns the seal may not issue this type of licence for this area now, as our registry stands."""

    kind, code = Kind.FORBIDDEN, "issuer-not-entitled"


class BusinessNumberReused(LicenceError):
    """The business number was used before, for another order."""

    kind, code = Kind.CONFLICT, "business-number-reused"


class IssuanceInProgress(LicenceError):
    """The same order is being carried out at this moment; asking again a little later gives its result."""

    kind, code = Kind.UNAVAILABLE, "issuance-in-progress"


class IssuanceAbandoned(LicenceError):
    """The issuance took longer than it may and was abandoned meanwhile; nothing of it left the house."""

    kind, code = Kind.UNAVAILABLE, "issuance-abandoned"


class SerialsExhausted(LicenceError):
    """The coding rule has no further serial; a new version of the type needs a wider one."""

    kind, code = Kind.CONFLICT, "serials-exhausted"


class TransitionRefused(LicenceError):
    """A step that the life cycle does not have from here."""

    kind, code = Kind.CONFLICT, "licence-transition-refused"


class RegistryUnpublished(LicenceError):
    """Our own registry was never published, so nobody could accept what we would issue."""

    kind, code = Kind.CONFLICT, "registry-unpublished"


class OwnLicenceRefused(LicenceError):
    """A licence we made does not pass our own verifier; it was not released."""

    kind, code = Kind.INTERNAL, "own-licence-refused"
