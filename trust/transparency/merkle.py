"""The Merkle tree of a log over SM3: hashes of leaves and nodes, paths through it, and what a path proves.

A tree is reached through a ``Nodes`` function: ``nodes(level, position)`` is the root of the full subtree over the
2^level leaves that begin at leaf ``position * 2^level``. Every path is made of such roots.

Standard:
    RFC 6962 section 2.1 and RFC 9162 section 2.1.3 to 2.1.4 (verification), with SM3 in the place of SHA-256.
"""

from collections.abc import Callable, Iterator, Sequence

from certs.sm import sm3
from trust.transparency.errors import ProofRejected

HASH_SIZE = 32
EMPTY_ROOT = sm3.digest(b"")
MAX_PATH = 64

Nodes = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf: SM3 over 0x00 and the entry."""
    return sm3.digest(b"\x00" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SM3 over 0x01 and its children."""
    return sm3.digest(b"\x01" + left + right)


def full_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def root(size: int, nodes: Nodes) -> bytes:
    """Return the root of the tree of the first ``size`` leaves."""
    return EMPTY_ROOT if size == 0 else _range_root(0, size, nodes)


def inclusion_path(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the hashes that lead from the leaf ``index`` to the root of ``size`` leaves, nearest first."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_range_root(middle, end, nodes))
            end = middle
        else:
            path.append(_range_root(begin, middle, nodes))
            begin = middle
    return path[::-1]


def consistency_path(old: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the hashes that prove the tree of ``old`` leaves to be a beginning of the tree of ``size``."""
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {old} is no beginning of one of {size}")
    if old in (0, size):
        return []
    path: list[bytes] = []
    begin, end, whole = 0, size, True  # whole: the old tree is this very range, its root is known to the verifier
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_range_root(middle, end, nodes))
            end = middle
        else:
            path.append(_range_root(begin, middle, nodes))
            begin, whole = middle, False
    if not whole:
        path.append(_range_root(begin, end, nodes))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> None:
    """Check that the leaf of this hash stands at ``index`` in the tree of ``size`` leaves with this root.

    Raises:
        ProofRejected: it is not proven.
    """
    if not 0 <= index < size or len(path) > MAX_PATH:
        raise ProofRejected(f"no leaf {index} in a tree of {size}")
    at, last, found = index, size - 1, leaf
    for hash_ in path:
        if last == 0:
            raise ProofRejected("the path is too long")
        if at & 1 or at == last:
            found = node_hash(hash_, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, hash_)
        at, last = at >> 1, last >> 1
    if last or found != expected_root:
        raise ProofRejected(f"the path of leaf {index} does not lead to the root")


def verify_consistency(old: int, old_root: bytes, size: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Check that the tree of ``old`` leaves is the beginning of the tree of ``size`` leaves.

    Raises:
        ProofRejected: it is not proven; where both are signed, the log has shown two histories.
    """
    if not 0 <= old <= size or len(path) > 2 * MAX_PATH:
        raise ProofRejected(f"a tree of {old} is no beginning of one of {size}")
    if old in (0, size):
        if path or (old == size and old_root != new_root) or (old == 0 and old_root != EMPTY_ROOT):
            raise ProofRejected("two roots for one size")
        return
    steps = iter(path)
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = old_root if at == 0 else _next(steps)
    found_old, found_new = first, first
    for hash_ in steps:
        if last == 0:
            raise ProofRejected("the path is too long")
        if at & 1 or at == last:
            found_old, found_new = node_hash(hash_, found_old), node_hash(hash_, found_new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found_new = node_hash(found_new, hash_)
        at, last = at >> 1, last >> 1
    if last or found_old != old_root or found_new != new_root:
        raise ProofRejected(f"the tree of {old} leaves is not shown to begin the tree of {size}")


def _next(steps: Iterator[bytes]) -> bytes:
    first = next(steps, None)
    if first is None:
        raise ProofRejected("the path is too short")
    return first


def _split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _range_root(begin: int, end: int, nodes: Nodes) -> bytes:
    """Return the root over the leaves of a range that begins at a multiple of a power of two not below its size."""
    size = end - begin
    if size & size - 1 == 0:
        level = size.bit_length() - 1
        return nodes(level, begin >> level)
    middle = begin + _split(size)
    return node_hash(_range_root(begin, middle, nodes), _range_root(middle, end, nodes))
