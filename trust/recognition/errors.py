"""What can be wrong with the files that recognition rests on."""

from trust.errors import Kind, TrustError


class RegistryMalformed(TrustError):
    """The bytes are not a registry in the one form we define."""

    kind, code = Kind.MALFORMED, "registry-malformed"


class RootMalformed(TrustError):
    """The bytes are not a root file."""

    kind, code = Kind.MALFORMED, "root-malformed"


class EvidenceMalformed(TrustError):
    """The bytes are not an evidence bundle."""

    kind, code = Kind.MALFORMED, "evidence-malformed"


class RegistryTooLarge(TrustError):
    """The file is larger or holds more than we are willing to read."""

    kind, code = Kind.TOO_LARGE, "registry-too-large"


class RegistryKeyUnknown(TrustError):
    """No key of the root file signs under the name that the registry gives."""

    kind, code = Kind.FORBIDDEN, "registry-key-unknown"


class RegistrySignatureWrong(TrustError):
    """The signature does not verify, or its header names another algorithm or type than the key is kept for."""

    kind, code = Kind.FORBIDDEN, "registry-signature-wrong"


class RegistryForeign(TrustError):
    """A region's key signed the registry of another region."""

    kind, code = Kind.FORBIDDEN, "registry-foreign"


class RegistryExpired(TrustError):
    """A newer registry was due long ago; what this one leaves out cannot be told."""

    kind, code = Kind.CONFLICT, "registry-expired"


class RegistryNotYetIssued(TrustError):
    """The registry says that it was issued in the future."""

    kind, code = Kind.CONFLICT, "registry-not-yet-issued"


class RegistryRolledBack(TrustError):
    """A newer version of this registry is known already."""

    kind, code = Kind.CONFLICT, "registry-rolled-back"


class RegistryForked(TrustError):
    """The registry does not continue the one that is known: two histories under one key."""

    kind, code = Kind.CONFLICT, "registry-forked"


class RegistryHistoryRewritten(TrustError):
    """An entry, a standing or an entitlement of the known version is gone or says something else."""

    kind, code = Kind.CONFLICT, "registry-history-rewritten"
