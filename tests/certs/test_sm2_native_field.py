"""The native field arithmetic equals Python's integers where carries happen, with both compilers and without intrinsics."""

import random
from pathlib import Path

import pytest

from certs.sm.curve import N, P
from tests.native.field import R, compare, structured
from tests.support.native import COMPILERS, Harness, build

BUILDS = [(compiler, flags) for compiler in COMPILERS for flags in ((), ("-DSM2_PORTABLE",))]
INVERT, ORDER_REDUCE = 4, 10


@pytest.fixture(scope="module", params=BUILDS, ids=lambda build: "-".join((build[0], *build[1])))
def harness(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Harness:
    compiler, flags = request.param
    folder: Path = tmp_path_factory.mktemp("native")
    return Harness(build(compiler, "harness.c", folder, "-shared", "-fPIC", *flags))


def test_a_million_operations_on_structured_limbs(harness: Harness) -> None:
    assert compare(harness, 270_000, seed=20260101) > 250_000  # four builds: over a million


def test_inverses(harness: Harness) -> None:
    values = [value % P for value in random.Random(1).choices(structured(), k=2000)] + [0, 1, 2, P - 1, P - 2]
    found = harness.many(INVERT, values, values)
    assert found == [pow(value, -1, P) * R * R % P if value else 0 for value in values]


def test_any_256_bits_come_below_the_order(harness: Harness) -> None:
    values = structured()
    assert harness.many(ORDER_REDUCE, values, values) == [value - N if value >= N else value for value in values]
