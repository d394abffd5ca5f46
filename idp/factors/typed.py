"""What people type, before anything works on it: not longer than it may be, and made of signs that tables take."""


def typed(text: str, most: int) -> str:
    """Return the text cut to a length; halves of surrogate pairs and NUL, which damaged requests bring, become ``?``."""
    return text[:most].encode("utf-8", "replace").decode().replace("\0", "?")
