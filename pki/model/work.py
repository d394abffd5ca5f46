"""The kinds of background work of the authority."""

from datetime import timedelta
from typing import Final

PUBLISH: Final = "pki-list"  # one list, because something on it changed
PUBLISH_DUE: Final = "pki-lists-due"  # every list whose time has come
RESOLVE: Final = "pki-resolve"  # intents that nobody carried to an end

PUBLISH_DUE_EVERY: Final = timedelta(minutes=10)
RESOLVE_EVERY: Final = timedelta(minutes=1)
