"""The exit codes of every command; docs/operations/cli.md carries the same table."""

from collections.abc import Mapping
from typing import Final

from trust.errors import Kind

# Verdicts of `verify` use 0, 1, 3 and 4; errors keep clear of them.
DONE: Final = 0
NEGATIVE: Final = 1  # rejected, failed, not well
USAGE: Final = 2
INDETERMINATE: Final = 3
NO_SIGNATURE: Final = 4
NOT_FOUND: Final = 5
CONFLICT: Final = 6
NOT_PERMITTED: Final = 7
UNAVAILABLE: Final = 8
INTERNAL: Final = 70
INTERRUPTED: Final = 130

OF_KIND: Final[Mapping[Kind, int]] = {
    Kind.MALFORMED: USAGE,
    Kind.TOO_LARGE: USAGE,
    Kind.NOT_FOUND: NOT_FOUND,
    Kind.CONFLICT: CONFLICT,
    Kind.FORBIDDEN: NOT_PERMITTED,
    Kind.UNAUTHENTICATED: NOT_PERMITTED,
    Kind.UNAVAILABLE: UNAVAILABLE,
    Kind.INTERNAL: INTERNAL,
}
