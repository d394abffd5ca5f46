"""Where seals go."""

import pytest

from seal.model.placement import At, Edge, Placement, Riding
from seal.ofd.document import read_document
from seal.ofd.errors import PlacementOutsidePage
from seal.ofd.geometry import Box, number
from seal.ofd.package import open_package
from seal.ofd.placement import Stamp, place
from tests.support.ofd import HEAD, NS, document


def lay(pages: int, *placements: Placement, size: tuple[float, float] = (40, 40)) -> tuple[Stamp, ...]:
    package = open_package(document(pages))
    return place(package, read_document(package), placements, *size)


def seen(stamp: Stamp) -> Box:
    assert stamp.clip is not None
    return stamp.clip.shifted(stamp.boundary.x, stamp.boundary.y)


def test_a_seal_lies_at_its_millimetres() -> None:
    (stamp,) = lay(2, At(2, 140, 220))
    assert (stamp.page_id, str(stamp.boundary), stamp.clip) == ("2", "140 220 40 40", None)


@pytest.mark.parametrize(("x", "y"), [(170.02, 10), (-0.02, 10), (10, 257.02), (10, -0.02), (1e6, 0)])
def test_a_seal_that_leaves_its_page_is_refused(x: float, y: float) -> None:
    with pytest.raises(PlacementOutsidePage):
        lay(1, At(1, x, y))


def test_a_seal_may_touch_the_edges() -> None:
    assert len(lay(1, At(1, 170, 257), At(1, 0, 0))) == 2


@pytest.mark.parametrize("page", [0, 3, -1])
def test_a_page_that_does_not_exist_is_refused(page: int) -> None:
    with pytest.raises(PlacementOutsidePage):
        lay(2, At(page, 10, 10))


def test_a_riding_seal_is_cut_as_other_products_cut_it() -> None:
    stamps = lay(5, Riding(Edge.RIGHT, 40))
    assert [(str(one.boundary), str(one.clip)) for one in stamps] == [
        ("202 40 40 40", "0 0 8 40"),
        ("194 40 40 40", "8 0 8 40"),
        ("186 40 40 40", "16 0 8 40"),
        ("178 40 40 40", "24 0 8 40"),
        ("170 40 40 40", "32 0 8 40"),
    ]


@pytest.mark.parametrize("edge", Edge)
def test_the_slices_lie_on_the_edge_and_join_to_the_whole_picture(edge: Edge) -> None:
    stamps = lay(7, Riding(edge, 30), size=(42, 30))
    assert [one.page_id for one in stamps] == [str(n) for n in range(1, 8)]
    boxes = [seen(one) for one in stamps]
    if edge in (Edge.LEFT, Edge.RIGHT):
        assert sum(box.width for box in boxes) == pytest.approx(42, abs=1e-6)
        assert all(box.x == pytest.approx(0 if edge is Edge.LEFT else 210 - box.width, abs=1e-6) for box in boxes)
        assert {box.y for box in boxes} == {30}
    else:
        assert sum(box.height for box in boxes) == pytest.approx(30, abs=1e-6)
        assert all(box.y == pytest.approx(0 if edge is Edge.TOP else 297 - box.height, abs=1e-6) for box in boxes)
    clips = [one.clip for one in stamps if one.clip is not None]
    starts = [clip.x if edge in (Edge.LEFT, Edge.RIGHT) else clip.y for clip in clips]
    assert starts == sorted(starts)


def test_many_pages_carry_several_pictures_with_slices_one_can_see() -> None:
    stamps = lay(45, Riding())
    assert len(stamps) == 45
    assert all(one.clip is not None and one.clip.width >= 2 for one in stamps)
    assert [one.page_id for one in stamps if one.clip is not None and one.clip.x == 0] == ["1", "16", "31"]


def test_a_riding_seal_follows_the_size_of_each_page() -> None:
    wide = f'{HEAD}<ofd:Page xmlns:ofd="{NS}"><ofd:Area><ofd:PhysicalBox>0 0 420 297</ofd:PhysicalBox></ofd:Area></ofd:Page>'
    package = open_package(document(2, {"/Doc_0/Pages/Page_1/Content.xml": wide.encode()}))
    stamps = place(package, read_document(package), [Riding()], 40, 40)
    assert [one.boundary.x for one in stamps] == [190, 380]


def test_a_riding_seal_needs_pages_to_ride_over() -> None:
    with pytest.raises(PlacementOutsidePage):
        lay(1, Riding())
    with pytest.raises(PlacementOutsidePage):
        lay(5, Riding(first=3, last=3))
    with pytest.raises(PlacementOutsidePage):
        lay(5, Riding(last=6))
    with pytest.raises(PlacementOutsidePage):
        lay(5, Riding(offset=280))
    with pytest.raises(PlacementOutsidePage):
        lay(5)


def test_two_pages_of_one_id_take_no_seal() -> None:
    twice = open_package(document(2)).members["/Doc_0/Document.xml"].replace(b'ID="2"', b'ID="1"')
    package = open_package(document(2, {"/Doc_0/Document.xml": twice}))
    with pytest.raises(PlacementOutsidePage):
        place(package, read_document(package), [At(1, 10, 10)], 40, 40)


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("0 0 210 297", Box(0, 0, 210, 297)),
        ("  1.5   2\t3 4.25 ", Box(1.5, 2, 3, 4.25)),
        ("0 0 210", None),
        ("0 0 210 297 1", None),
        ("0 0 NaN 1", None),
        ("0 0 inf 1", None),
        ("0 0 1e6 1", None),
        ("0 0 0x10 1", None),
        ("", None),
    ],
)
def test_boxes_are_read_strictly(text: str, box: Box | None) -> None:
    assert Box.parse(text) == box


def test_lengths_are_written_to_the_micrometre() -> None:
    assert [number(value) for value in (6.6666, 40.0, 0.1, -0.0001, 203.33333)] == [
        "6.667",
        "40",
        "0.1",
        "0",
        "203.333",
    ]
