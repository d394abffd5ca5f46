"""Where somebody wants a seal: at a place on a page, or cut over the edges of many pages (骑缝章).

Standard:
    GB/T 33190-2016 clause 18.2.4 (StampAnnot: Boundary, Clip); GM/T 0099-2020.
"""

from dataclasses import dataclass
from enum import Enum


class Edge(Enum):
    """The edge of the pages that a riding seal lies on."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class At:
    """A seal on one page."""

    page: int  # from 1
    x: float  # mm, left edge of the picture
    y: float  # mm, its upper edge, counted downwards


@dataclass(frozen=True, slots=True)
class Riding:
    """One picture cut over consecutive pages, or several where there are more pages than one can be cut for."""

    edge: Edge = Edge.RIGHT
    offset: float = 40  # mm from the top (left, right) or the left (top, bottom) of each page
    first: int = 1
    last: int | None = None  # None: to the end


Placement = At | Riding


class Protection(Enum):
    """How much of the document a seal protects."""

    OPEN = "open"  # further seals may follow
    WHOLE = "whole-protected"  # the signature list too: no further seal
