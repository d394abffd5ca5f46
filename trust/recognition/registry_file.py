"""A region's registry as a signed file: `docs/recognition.md` is its specification."""

from dataclasses import dataclass
from typing import Final

from certs.signer import Signer
from certs.sm import sm3
from trust.recognition import jws, registry_json
from trust.recognition.errors import RegistryMalformed, RegistryTooLarge
from trust.recognition.registry import Registry

TYPE: Final = "recognition-registry.v1+json"
MAX_FILE_BYTES: Final = 32 << 20


@dataclass(frozen=True, slots=True)
class RegistryFile:
    """A signed registry, taken apart and not believed yet."""

    data: bytes
    signed: jws.Signed

    @property
    def digest(self) -> bytes:
        """SM3 of the file, by which the next version names it."""
        return sm3.digest(self.data)


def read_file(data: bytes) -> RegistryFile:
    """Take a file apart.

    Raises:
        RegistryTooLarge: more bytes than we are willing to read.
        RegistryMalformed: not a signed file in our form.
    """
    if len(data) > MAX_FILE_BYTES:
        raise RegistryTooLarge(f"more than {MAX_FILE_BYTES} bytes")
    return RegistryFile(data, jws.decode(data, RegistryMalformed))


def sign(registry: Registry, kid: str, signer: Signer) -> bytes:
    """The signed file of a registry."""
    return jws.sign(registry_json.encode(registry), kid, TYPE, signer)
