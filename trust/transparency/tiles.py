"""A Merkle tree kept as tiles of up to 256 hashes, so that appending and proving touch a few tiles only.

Tile ``(0, n)`` holds the hashes of leaves 256n to 256n+255; tile ``(l, n)`` holds the roots of the 256 full tiles
below it. The last tile of a level may be partial. The layout is that of C2SP tlog-tiles; the hash is SM3.
"""

from collections.abc import Callable, Mapping, Sequence

from trust.transparency import merkle
from trust.transparency.merkle import HASH_SIZE, Nodes

HEIGHT = 8
WIDTH = 1 << HEIGHT
TILE_BYTES = WIDTH * HASH_SIZE

ReadTile = Callable[[int, int], bytes]
"""Returns the hashes of a tile, as many as there are; raises what its store raises when there is none."""


def append(size: int, leaves: Sequence[bytes], read: ReadTile) -> Mapping[tuple[int, int], bytes]:
    """Return the tiles that change when leaf hashes are appended to a tree of ``size`` leaves.

    Partial tiles at the growing edge are read and returned longer; full ones are never touched.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, count, fresh = 0, size, list(leaves)
    while fresh:
        position, filled = divmod(count, WIDTH)
        kept = read(level, position)[: filled * HASH_SIZE] if filled else b""
        if len(kept) != filled * HASH_SIZE:
            raise ValueError(f"tile {level}/{position} holds fewer than {filled} hashes")
        whole = kept + b"".join(fresh)
        above = []
        for start in range(0, len(whole), TILE_BYTES):
            tile = whole[start : start + TILE_BYTES]
            changed[level, position] = tile
            position += 1
            if len(tile) == TILE_BYTES:
                above.append(merkle.full_root(split(tile)))
        level, count, fresh = level + 1, count // WIDTH, above
    return changed


def nodes(read: ReadTile) -> Nodes:
    """Return the nodes of the tree whose tiles ``read`` returns; each tile is read once."""
    known: dict[tuple[int, int], list[bytes]] = {}

    def node(level: int, position: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        first = position << height  # of the hashes of that tile level below this node
        at = tile_level, first // WIDTH
        if at not in known:
            known[at] = split(read(*at))
        offset = first % WIDTH
        below = known[at][offset : offset + (1 << height)]
        if len(below) != 1 << height:
            raise ValueError(f"tile {at[0]}/{at[1]} does not reach so far")
        return merkle.full_root(below)

    return node


def split(tile: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [tile[start : start + HASH_SIZE] for start in range(0, len(tile), HASH_SIZE)]
