"""Lay out seals on pages: at a place in millimetres, or cut over the edges of many pages (骑缝章).

Standard:
    GB/T 33190-2016 clause 18.2.4 (StampAnnot: Boundary, Clip); GM/T 0099-2020.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from seal.model.placement import At, Edge, Placement, Riding
from seal.ofd.document import Document, Page, page_box
from seal.ofd.errors import PlacementOutsidePage
from seal.ofd.geometry import Box
from seal.ofd.package import Package

MAX_SLICES: Final = 20  # pages that share one picture: thinner slices could not be recognised


@dataclass(frozen=True, slots=True)
class Stamp:
    """One place a seal is painted at."""

    page_id: str
    boundary: Box  # mm, the whole picture
    clip: Box | None  # mm, the part that is painted, from the boundary's corner


def place(
    package: Package, document: Document, placements: Sequence[Placement], width: float, height: float
) -> tuple[Stamp, ...]:
    """Lay out a picture of this size in millimetres.

    Raises:
        PlacementOutsidePage: a page does not exist, or the picture would not lie on it.
    """
    stamps: list[Stamp] = []
    for placement in placements:
        match placement:
            case At():
                stamps.append(_at(package, document, placement, width, height))
            case Riding():
                stamps.extend(_riding(package, document, placement, width, height))
    if not stamps:
        raise PlacementOutsidePage("a seal without a place")
    return tuple(stamps)


def _at(package: Package, document: Document, wish: At, width: float, height: float) -> Stamp:
    page = _page(document, wish.page)
    box = Box(wish.x, wish.y, width, height)
    _insist(package, document, page, box)
    return Stamp(page.id, box, None)


def _riding(package: Package, document: Document, wish: Riding, width: float, height: float) -> Iterator[Stamp]:
    last = len(document.pages) if wish.last is None else wish.last
    if last <= wish.first:
        raise PlacementOutsidePage("a riding seal needs two pages or more")
    pages = [_page(document, number) for number in range(wish.first, last + 1)]
    for group in _groups(pages):
        across = wish.edge in (Edge.LEFT, Edge.RIGHT)
        cuts = _cuts(width if across else height, len(group))
        for page, (start, end) in zip(group, pairwise(cuts), strict=True):
            area = page_box(package, document, page)
            slice_ = Box(start, 0, end - start, height) if across else Box(0, start, width, end - start)
            match wish.edge:
                case Edge.RIGHT:
                    corner = (area.width - end, wish.offset)
                case Edge.LEFT:
                    corner = (-start, wish.offset)
                case Edge.TOP:
                    corner = (wish.offset, -start)
                case Edge.BOTTOM:
                    corner = (wish.offset, area.height - end)
            _insist(package, document, page, slice_.shifted(*corner))
            yield Stamp(page.id, Box(*corner, width, height), slice_)


def _groups(pages: Sequence[Page]) -> Iterator[Sequence[Page]]:
    """Share out the pages over as few pictures as may be, in groups as equal as may be."""
    count = -(-len(pages) // MAX_SLICES)
    for index in range(count):
        yield pages[index * len(pages) // count : (index + 1) * len(pages) // count]


def _cuts(length: float, slices: int) -> list[float]:
    """Cut a length so that the slices, written to the micrometre, join without a gap."""
    return [round(index * length / slices, 3) for index in range(slices + 1)]


def _page(document: Document, number: int) -> Page:
    if not 1 <= number <= len(document.pages):
        raise PlacementOutsidePage(f"there is no page {number}")
    page = document.pages[number - 1]
    if document.page(page.id) is None:
        raise PlacementOutsidePage(f"page {number} has no object id of its own")
    return page


def _insist(package: Package, document: Document, page: Page, box: Box) -> None:
    area = page_box(package, document, page)
    if not box.has_area or not Box(0, 0, area.width, area.height).holds(box):
        raise PlacementOutsidePage(f"the seal at {box} mm does not lie on page {page.number}")
