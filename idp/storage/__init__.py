"""The provider's tables, and repositories over one open transaction."""
