"""What can be wrong with an OFD package, its XML and a request to sign it."""

from trust.errors import Kind, TrustError


class PackageMalformed(TrustError):
    """The bytes are not one ZIP archive that every reader would read alike."""

    kind, code = Kind.MALFORMED, "package-malformed"


class PackageLimitExceeded(PackageMalformed):
    """The package holds more, larger or more tightly packed members than we are willing to open."""

    code = "limit-exceeded"


class XmlRefused(TrustError):
    """An XML member that is not plain, well-formed UTF-8 within our limits."""

    kind, code = Kind.MALFORMED, "xml-refused"


class DocumentMalformed(TrustError):
    """The package opens, but the members that make it an OFD document are missing or contradict each other."""

    kind, code = Kind.MALFORMED, "document-malformed"


class PlacementOutsidePage(TrustError):
    """The seal would not lie wholly on the page, or the page does not exist."""

    kind, code = Kind.MALFORMED, "placement-outside-page"


class DocumentClosed(TrustError):
    """A signature protects the signature list itself: any further signature would break it."""

    kind, code = Kind.CONFLICT, "document-closed"
