"""The authority's own actions, one a file."""
