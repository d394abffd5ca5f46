"""The floor's own actions, one a file."""
