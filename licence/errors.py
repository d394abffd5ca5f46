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
