"""The packaged table of levels, version 1."""
