"""The two-dimensional code as a picture: black and white, whole pixels for each module."""

import struct
import zlib
from typing import Any, Final

import zxingcpp

from licence.errors import QrMalformed

PIXELS: Final = 6  # for each module
MAX_SIGNS: Final = 1_500
_BITS: Final = b"0" + b"1" * 255


def png(text: str) -> bytes:
    """A QR symbol at error level M with its quiet zone, as a PNG of one bit a pixel.

    Raises:
        QrMalformed: the text is too long for a symbol people can scan.
    Standard:
        GB/T 18284 (ISO/IEC 18004).
    """
    if len(text) > MAX_SIGNS:
        raise QrMalformed(f"{len(text)} characters are too many for one symbol")
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = symbol.to_image(
        scale=1, add_quiet_zones=True
    )  # gives its bytes to a memoryview, which its types do not say
    view = memoryview(image)
    rows, columns = view.shape or (0, 0)
    flat = view.tobytes()
    side = columns * PIXELS
    data = bytearray()
    for row in range(rows):
        modules = flat[row * columns : (row + 1) * columns]
        bits = modules.translate(_BITS).decode("ascii").replace("1", "1" * PIXELS).replace("0", "0" * PIXELS)
        line = b"\0" + int(bits.ljust(-(-side // 8) * 8, "0"), 2).to_bytes(-(-side // 8), "big")
        data += line * PIXELS
    header = struct.pack(">IIBBBBB", side, rows * PIXELS, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(data), 1))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
