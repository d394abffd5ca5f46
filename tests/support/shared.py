"""Samples made by others, which lie beside the repository and not in it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"


def sample(path: str) -> bytes:
    """Return a sample's bytes, or skip the test where the samples are absent."""
    found = SHARED / "samples" / path
    if not found.is_file():
        pytest.skip("the shared samples are not beside the repository")
    return found.read_bytes()
