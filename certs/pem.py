"""PEM armour around DER: labelled Base64 blocks, with whatever text other tools write around them.

Standard:
    RFC 7468 (lax parsing when reading, strict form when writing).
"""

import binascii
import re
import textwrap
from base64 import b64encode
from typing import Final

from certs.errors import LimitExceeded, MalformedEncoding

MAX_PEM_BYTES: Final = 4 << 20
_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*?)-----END \1-----")


def encode(der: bytes, label: str) -> str:
    """Wrap DER in one labelled block, 64 characters a line."""
    body = "\n".join(textwrap.wrap(b64encode(der).decode("ascii"), 64))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def decode_all(text: str | bytes, *labels: str) -> tuple[bytes, ...]:
    """Return the DER of every block that carries one of these labels, in order; other blocks and text are skipped.

    Raises:
        MalformedEncoding: a block that is not Base64.
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if len(data) > MAX_PEM_BYTES:
        raise LimitExceeded(f"PEM text longer than {MAX_PEM_BYTES} bytes")
    wanted = {label.encode("ascii") for label in labels}
    try:
        return tuple(
            binascii.a2b_base64(b"".join(body.split()), strict_mode=True)
            for label, body in _BLOCK.findall(data)
            if label in wanted
        )
    except binascii.Error as wrong:
        raise MalformedEncoding(f"PEM block: {wrong}") from wrong


def decode_one(text: str | bytes, *labels: str) -> bytes:
    """Return the DER of the only block with one of these labels.

    Raises:
        MalformedEncoding: no such block, several, or one that is not Base64.
    """
    found = decode_all(text, *labels)
    if len(found) != 1:
        raise MalformedEncoding(f"{len(found)} PEM blocks labelled {' or '.join(labels)}, where one is expected")
    return found[0]
