"""The authority's tables, and repositories over one open transaction."""
