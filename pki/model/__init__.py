"""Decisions of the authority, pure: what is issued, listed and stamped, from values alone."""
