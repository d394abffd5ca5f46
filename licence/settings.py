"""`[licence]`: nothing to set yet; a key that somebody writes there is refused like any other unknown one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LicenceSection:
    """The section as it is written."""
