"""Compare the native field arithmetic with Python's integers, on numbers made to carry: `python -m tests.native.field`.

Random numbers miss a lost carry; numbers made of limbs like 0, 1 and 2^64 - 1, and numbers close to p, do not.
"""

import argparse
import itertools
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from certs.sm.curve import N, P
from tests.support.native import Harness, build

R = 1 << 256
_BACK_P, _BACK_N = pow(R, -1, P), pow(R, -1, N)
_LIMBS = (0, 1, 2, (1 << 32) - 1, 1 << 32, (1 << 32) + 1, 1 << 63, (1 << 64) - (1 << 32), (1 << 64) - 2, (1 << 64) - 1)

OPERATIONS: tuple[tuple[str, int, int, Callable[[int, int], int]], ...] = (
    ("mul", 0, P, lambda a, b: a * b * _BACK_P % P),
    ("sqr", 1, P, lambda a, _: a * a * _BACK_P % P),
    ("add", 2, P, lambda a, b: (a + b) % P),
    ("sub", 3, P, lambda a, b: (a - b) % P),
    ("enter", 5, P, lambda a, _: a * R % P),
    ("leave", 6, P, lambda a, _: a * _BACK_P % P),
    ("order mul", 7, N, lambda a, b: a * b * _BACK_N % N),
    ("order add", 8, N, lambda a, b: (a + b) % N),
    ("order sub", 9, N, lambda a, b: (a - b) % N),
)


def structured() -> list[int]:
    """Return numbers of 256 bits whose limbs, or whose distance from p, n and 2^256, are extreme."""
    made = {sum(limb << 64 * i for i, limb in enumerate(limbs)) for limbs in itertools.product(_LIMBS, repeat=4)}
    small = [*range(40), *((1 << bit) + step for bit in range(1, 255) for step in (-1, 0, 1))]
    for edge in (P, N, R):
        made.update(edge - value for value in small if 0 < value < edge)
    made.update(value for value in small if value >= 0)
    made.update(value * R % P for value in range(200))  # small numbers in Montgomery form
    return sorted(value for value in made if 0 <= value < R)


def compare(harness: Harness, count: int, seed: int) -> int:
    """Compare about `count` results of all operations.

    Raises:
        AssertionError: with the operands of the first difference.
    """
    numbers = structured()
    chance = random.Random(seed)
    share = max(1, count // (len(OPERATIONS) + 3))
    done = 0

    def draw(below: int, how_many: int) -> list[int]:
        found = [value % below for value in chance.choices(numbers, k=how_many)]
        return [chance.randrange(below) if not chance.randrange(8) else value for value in found]

    def same(name: str, operands: list[tuple[int, ...]], found: list[int], expected: list[int]) -> None:
        nonlocal done
        done += len(found)
        if found != expected:
            wrong = next(i for i, pair in enumerate(zip(found, expected, strict=True)) if pair[0] != pair[1])
            raise AssertionError(f"{name} of {[hex(value) for value in operands[wrong]]} gives {found[wrong]:#x}")

    for start in range(0, share, 50_000):
        size = min(50_000, share - start)
        for name, number, modulus, truth in OPERATIONS:
            a, b = draw(modulus, size), draw(modulus, size)
            same(name, list(zip(a, b, strict=True)), harness.many(number, a, b), list(map(truth, a, b)))
        a, b = draw(R, size), draw(R, size)
        same(
            "multiply", list(zip(a, b, strict=True)), harness.multiply(a, b), [x * y for x, y in zip(a, b, strict=True)]
        )
        same("square", [(x,) for x in a], harness.square(a), [x * x for x in a])
        t = [(x % P) << 256 | y for x, y in zip(a, b, strict=True)]
        same("reduce", [(x,) for x in t], harness.reduce(t), [x * _BACK_P % P for x in t])
    return done


def main() -> None:
    """Compare as many as wanted, with a new seed each time."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=100_000_000)
    arguments.add_argument("--compiler", default="gcc")
    arguments.add_argument("--portable", action="store_true")
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        flags = ["-DSM2_PORTABLE"] if given.portable else []
        harness = Harness(build(given.compiler, "harness.c", Path(folder), "-shared", "-fPIC", *flags))
        print(f"{given.compiler}, {harness.carries}, seed {given.seed}")  # noqa: T201 - a program for people
        done = 0
        while done < given.count:
            done += compare(harness, min(1_000_000, given.count - done), given.seed + done)
            print(f"{done} equal", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
