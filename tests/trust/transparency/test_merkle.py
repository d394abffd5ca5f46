"""Paths through the tree prove what they should and nothing else, against a tree computed by the book."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certs.sm import sm3
from trust.transparency import merkle, tiles
from trust.transparency.errors import ProofRejected

_LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(70_000)]


def by_the_book(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sm3.digest(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sm3.digest(b"\x01" + by_the_book(leaves[:k]) + by_the_book(leaves[k:]))


class Tree:
    """A tree in memory, kept as tiles."""

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0
        self.append(leaves)

    def append(self, leaves: Sequence[bytes]) -> None:
        self.tiles.update(tiles.append(self.size, leaves, self.read))
        self.size += len(leaves)

    def read(self, level: int, position: int) -> bytes:
        return self.tiles[level, position]

    @property
    def nodes(self) -> merkle.Nodes:
        return tiles.nodes(self.read)

    def root(self, size: int | None = None) -> bytes:
        return merkle.root(self.size if size is None else size, self.nodes)


_BIG = Tree(_LEAVES)


def test_the_empty_tree_and_the_first_leaves() -> None:
    assert Tree().root().hex() == "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"
    assert merkle.leaf_hash(b"") == sm3.digest(b"\x00")
    assert Tree(_LEAVES[:1]).root() == _LEAVES[0]
    assert Tree(_LEAVES[:3]).root() == merkle.node_hash(merkle.node_hash(_LEAVES[0], _LEAVES[1]), _LEAVES[2])


@pytest.mark.parametrize("size", [*range(18), 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 70_000])
def test_a_root_is_the_one_of_the_book(size: int) -> None:
    assert _BIG.root(size) == by_the_book(_LEAVES[:size])


@given(st.lists(st.integers(0, 700), max_size=8))
def test_a_tree_is_the_same_however_it_grew(groups: list[int]) -> None:
    tree = Tree()
    for count in groups:
        tree.append(_LEAVES[tree.size : tree.size + count])
    assert tree.tiles == Tree(_LEAVES[: tree.size]).tiles
    assert tree.root() == by_the_book(_LEAVES[: tree.size])


def test_appending_touches_only_the_edge() -> None:
    changed = tiles.append(65_535, _LEAVES[65_535:65_537], _BIG.read)
    assert sorted(changed) == [(0, 255), (0, 256), (1, 0), (2, 0)]
    assert [len(changed[at]) // 32 for at in sorted(changed)] == [256, 1, 256, 1]


_sizes = st.integers(1, 70_000) | st.integers(1, 40)


@given(_sizes, st.data())
def test_every_leaf_is_proven_and_no_other_is(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root, path = _BIG.root(size), merkle.inclusion_path(index, size, _BIG.nodes)
    merkle.verify_inclusion(_LEAVES[index], index, size, path, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda each: each != index)) if size > 1 else 1
    forged: list[tuple[bytes, int, int, list[bytes], bytes]] = [
        (_LEAVES[other], index, size, path, root),
        (_LEAVES[index], other, size, path, root),
        (_LEAVES[index], index, size, [*path, root], root),
        (_LEAVES[index], index, size, path, sm3.digest(root)),
        (_LEAVES[index], size, size, path, root),
        (_LEAVES[index], -1, size, path, root),
    ]
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        forged += [
            (_LEAVES[index], index, size, path[:at] + path[at + 1 :], root),
            (_LEAVES[index], index, size, [*path[:at], sm3.digest(path[at]), *path[at + 1 :]], root),
        ]
    for leaf, position, length, steps, head in forged:
        with pytest.raises(ProofRejected):
            merkle.verify_inclusion(leaf, position, length, steps, head)


@given(_sizes, st.data())
def test_a_beginning_is_proven_and_a_fork_is_not(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    path = merkle.consistency_path(old, size, _BIG.nodes)
    old_root, new_root = _BIG.root(old), _BIG.root(size)
    merkle.verify_consistency(old, old_root, size, new_root, path)
    forged = [
        (old, sm3.digest(old_root), new_root, path),
        (old, old_root, new_root, [*path, new_root]),
        (size + 1, old_root, new_root, path),
        (-1, old_root, new_root, path),
    ]
    if old:
        forged.append((old, old_root, sm3.digest(new_root), path))
        if old != size:
            forged.append((old, old_root, new_root, path[:-1]))
    for before, first, last, steps in forged:
        with pytest.raises(ProofRejected):
            merkle.verify_consistency(before, first, size, last, steps)


def test_all_pairs_of_two_hundred_heads_are_consistent() -> None:
    heads = [(size, _BIG.root(size)) for size in range(0, 70_000, 352)][:200]
    assert len(heads) >= 199
    nodes = _BIG.nodes
    for old, old_root in heads[::7]:
        for size, new_root in heads:
            if size >= old:
                merkle.verify_consistency(old, old_root, size, new_root, merkle.consistency_path(old, size, nodes))


def test_small_trees_exhaustively() -> None:
    for size in range(1, 34):
        tree = Tree(_LEAVES[:size])
        for index in range(size):
            path = merkle.inclusion_path(index, size, tree.nodes)
            for claimed in range(size):
                if claimed == index:
                    merkle.verify_inclusion(_LEAVES[index], claimed, size, path, tree.root())
                else:
                    with pytest.raises(ProofRejected):
                        merkle.verify_inclusion(_LEAVES[index], claimed, size, path, tree.root())


def test_a_missing_tile_is_an_error_and_not_an_answer() -> None:
    tree = Tree(_LEAVES[:300])
    tree.tiles[0, 1] = tree.tiles[0, 1][:-32]
    with pytest.raises(ValueError, match="does not reach"):
        merkle.root(300, tree.nodes)
    with pytest.raises(ValueError, match="fewer"):
        tree.append(_LEAVES[300:301])
    for outside in (-1, 300):
        with pytest.raises(ValueError, match="no leaf"):
            merkle.inclusion_path(outside, 300, tree.nodes)
    with pytest.raises(ValueError, match="no beginning"):
        merkle.consistency_path(301, 300, tree.nodes)
