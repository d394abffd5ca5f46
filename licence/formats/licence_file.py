"""The licence inside an OFD file: its metadata, and what its page shows for each item."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from licence.errors import LicenceError, LicenceFileMalformed
from licence.formats.data_index import read_items
from licence.formats.identifier import LicenceIdentifier
from licence.formats.metadata import Metadata, from_pairs
from seal.ofd.document import read_document
from seal.ofd.package import Package, open_package
from trust.errors import TrustError
from trust.values.region import Area


@dataclass(frozen=True, slots=True)
class LicenceFile:
    """What a licence file says; nothing of it is proven before its seal is."""

    metadata: Metadata
    shown: Mapping[str, str]  # item to text on the page; empty where the file has no data index

    @property
    def identifier(self) -> LicenceIdentifier:
        return self.metadata.identifier

    @property
    def area(self) -> Area:
        return self.metadata.area

    @property
    def valid_until(self) -> datetime | None:
        """The first instant after its last day; None without limit."""
        return self.metadata.valid_until

    @property
    def copy_expires_at(self) -> datetime | None:
        """When an annotated copy ends; None for an original."""
        return None if self.metadata.copy is None else self.metadata.copy.expires_at


def read(document: bytes | Package) -> LicenceFile:
    """The licence that an OFD file, or an opened package, carries.

    Raises:
        LicenceFileMalformed: it is no OFD file, carries no licence, or contradicts itself.
    """
    try:
        package = document if isinstance(document, Package) else open_package(document)
        opened = read_document(package)
        metadata = from_pairs(opened.body.custom_data)
        return LicenceFile(metadata, read_items(package, opened))
    except LicenceFileMalformed:
        raise
    except LicenceError as error:
        raise LicenceFileMalformed(f"the metadata are no licence's: {error}") from error
    except TrustError as error:
        raise LicenceFileMalformed(str(error)) from error
