"""Subjects: the stable name of an account for one sector of clients, from which no number can be worked out."""

import base64
import hashlib
import hmac
from typing import Final

SUBJECT_BYTES: Final = 24  # 32 characters


def pairwise(secret: bytes, sector: str, account: str) -> str:
    """Return the subject of an account, or of the body it acts for, in a sector.

    Standard:
        OpenID Connect Core 1.0, 8.1 Pairwise Identifier Algorithm: keyed, so that sectors cannot compare.
    """
    told = f"pairwise\0{sector}\0{account}".encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, told, hashlib.sha256)[:SUBJECT_BYTES]).decode()


def public(secret: bytes, account: str) -> str:
    """Return the subject of an account for clients that share one name for everybody."""
    told = f"public\0{account}".encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, told, hashlib.sha256)[:SUBJECT_BYTES]).decode()
