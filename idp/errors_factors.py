"""What can go wrong when people set up what they know or are sent."""

from enum import Enum

from trust.errors import Kind, TrustError


class Unfit(Enum):
    """Why a password cannot be taken; pages have the words."""

    SHORT = "short"
    LONG = "long"
    UNREADABLE = "unreadable"  # with signs that no keyboard types
    COMMON = "common"
    BREACHED = "breached"
    PERSONAL = "personal"  # the user's own name or number stands in it
    FORMER = "former"


class PasswordUnfit(TrustError):
    """A password that cannot be taken; `why` says the reason, nothing says the password."""

    kind, code = Kind.MALFORMED, "password-unfit"

    def __init__(self, why: Unfit) -> None:
        """Say why."""
        super().__init__(f"this password cannot be taken: {why.value}")
        self.why = why


class NotEnrolled(TrustError):
    """The account has not set this up."""

    kind, code = Kind.NOT_FOUND, "not-enrolled"
