"""A two-dimensional code as a drawing in the page: one path, no style, so that no policy has to allow anything."""

from typing import Any, Final

import zxingcpp
from markupsafe import Markup

QUIET: Final = 4  # modules of white around the symbol


def svg(text: str, label: str) -> Markup:
    """Return the symbol at error level M as SVG for a page.

    Args:
        text: what it says.
        label: what screen readers say instead.

    Standard:
        GB/T 18284 (ISO/IEC 18004).
    """
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = symbol.to_image(scale=1, add_quiet_zones=False)  # a buffer, which its types do not say
    view = memoryview(image)
    rows, columns = view.shape or (0, 0)
    flat = view.tobytes()
    side = columns + 2 * QUIET
    runs = "".join(
        f"M{start + QUIET} {row + QUIET}h{length}v1h-{length}z"
        for row in range(rows)
        for start, length in _black(flat[row * columns : (row + 1) * columns])
    )
    return Markup(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" width="240" height="240" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{}v{}H0z"></path><path fill="#000" d="{}"></path></svg>'
    ).format(label, side, side, side, side, runs)


def _black(line: bytes) -> list[tuple[int, int]]:
    """The runs of black modules of a line: where each begins, and how long it is."""
    runs: list[tuple[int, int]] = []
    start = -1
    for place, value in enumerate(line + b"\xff"):
        if not value and start < 0:
            start = place
        elif value and start >= 0:
            runs.append((start, place - start))
            start = -1
    return runs
