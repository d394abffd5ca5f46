"""The authority's verbs of `trustctl`, one a file."""
