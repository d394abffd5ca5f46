"""What a browser sends after it asked an authenticator: JSON whose parts are base64url, none of it believed yet.

Standard:
    W3C Web Authentication Level 3, 5.1 (RegistrationResponseJSON, AuthenticationResponseJSON) and 5.8.1.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from webauthn.helpers import base64url_to_bytes

from idp.errors import ProofRefused

MAX_ANSWER: Final = 64 * 1024  # characters; attestations carry certificates
REFUSED: Final = "the passkey was not accepted"


def parse(answer: str) -> Mapping[str, Any]:
    """Return the members of an answer, of which `response` is an object; raises ProofRefused."""
    if len(answer) > MAX_ANSWER:
        raise ProofRefused(REFUSED)
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise ProofRefused(REFUSED) from error
    if not isinstance(said, dict) or not isinstance(said.get("response"), dict):
        raise ProofRefused(REFUSED)
    return said


def client_data(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the browser says it was asked, and where; `challenge` is a text. Raises ProofRefused."""
    try:
        data = json.loads(decode(said["response"].get("clientDataJSON")))
    except (ValueError, RecursionError) as error:
        raise ProofRefused(REFUSED) from error
    if not isinstance(data, dict) or not isinstance(data.get("challenge"), str):
        raise ProofRefused(REFUSED)
    return data


def decode(text: object) -> bytes:
    """Return the bytes of a base64url text; raises ProofRefused."""
    if not isinstance(text, str) or not text.isascii():
        raise ProofRefused(REFUSED)
    try:
        return base64url_to_bytes(text)
    except ValueError as error:
        raise ProofRefused(REFUSED) from error
