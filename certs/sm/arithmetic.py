"""Points of the SM2 curve as Python integers: addition, tables of odd multiples, and sums over them.

Nothing here takes time independent of its numbers. Affine points are pairs (x, y); Jacobian points are triples with
z = 0 at infinity.

Standard:
    GB/T 32918.1-2016 (elliptic curve arithmetic).
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from certs.sm.curve import GX, GY, N, P

Affine = tuple[int, int]
Jacobian = tuple[int, int, int]
Table = Sequence[Sequence[Affine]]

INFINITY: Final[Jacobian] = (1, 1, 0)
BASE: Final[Affine] = (GX, GY)
BASE_WINDOW: Final = 8
KEY_WINDOW: Final = 6
_NEW_KEY_WINDOW: Final = 5


def double(point: Jacobian) -> Jacobian:
    """Return twice a point (a = -3)."""
    x, y, z = point
    delta, gamma = z * z % P, y * y % P
    beta = x * gamma % P
    alpha = 3 * (x - delta) * (x + delta) % P
    x3 = (alpha * alpha - 8 * beta) % P
    return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % P, 2 * y * z % P


def add(point: Jacobian, other: Affine) -> Jacobian:
    """Return the sum of a Jacobian and an affine point, the equal, opposite and infinite ones included."""
    x1, y1, z1 = point
    x2, y2 = other
    if not z1:
        return x2, y2, 1
    zz = z1 * z1 % P
    h = (x2 * zz - x1) % P
    r = (y2 * zz * z1 - y1) % P
    if not h:
        return INFINITY if r else double(point)
    hh = h * h % P
    hhh = h * hh % P
    v = x1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y1 * hhh) % P, z1 * h % P


def affine(point: Jacobian) -> Affine | None:
    """Return x and y of a finite point."""
    x, y, z = point
    if not z:
        return None
    inverse = pow(z, -1, P)
    square = inverse * inverse % P
    return x * square % P, y * square * inverse % P


def all_affine(points: Sequence[Jacobian]) -> list[Affine]:
    """Return x and y of many finite points with one inversion (Montgomery's trick)."""
    products = [1]
    for _, _, z in points:
        products.append(products[-1] * z % P)
    inverse = pow(products[-1], -1, P)
    found: list[Affine] = []
    for (x, y, z), before in zip(reversed(points), reversed(products[:-1]), strict=True):
        single = inverse * before % P
        inverse = inverse * z % P
        square = single * single % P
        found.append((x * square % P, y * square * single % P))
    found.reverse()
    return found


def odd_windows(scalar: int, width: int, count: int) -> list[int]:
    """Write an odd scalar in `count` odd digits of 2^width: no digit is zero, so every scalar takes the same sums."""
    digits = []
    full, half = 1 << (width + 1), 1 << width
    for _ in range(count - 1):
        digit = scalar % full - half
        digits.append(digit)
        scalar = (scalar - digit) >> width
    digits.append(scalar)
    return digits


def table(point: Affine, width: int) -> list[list[Affine]]:
    """Return, for each window, the odd multiples 1, 3, … 2^width - 1 of the point moved to that window."""
    count = -(-256 // width)
    current: Jacobian = (*point, 1)
    bases: list[Jacobian] = []
    for _ in range(count):
        bases.append(current)
        twice = current = double(current)
        bases.append(twice)
        for _ in range(width - 1):
            current = double(current)
    settled = all_affine(bases)
    multiples: list[Jacobian] = []
    for single, twofold in zip(settled[::2], settled[1::2], strict=True):
        running: Jacobian = (*single, 1)
        multiples.append(running)
        for _ in range((1 << (width - 1)) - 1):
            running = add(running, twofold)
            multiples.append(running)
    flat = all_affine(multiples)
    size = 1 << (width - 1)
    return [flat[start : start + size] for start in range(0, len(flat), size)]


@cache
def base_table() -> list[list[Affine]]:
    """Return the table of the base point, made at first use (4096 points, some 40 ms)."""
    return table(BASE, BASE_WINDOW)


def table_times(rows: Table, width: int, scalar: int, start: Jacobian = INFINITY) -> Jacobian:
    """Return start + scalar · point for 0 < scalar < n, by the point's table: one addition a window."""
    odd = scalar & 1
    digits = odd_windows(scalar if odd else N - scalar, width, len(rows))
    running = start
    for row, digit in zip(rows, digits, strict=True):
        x, y = row[abs(digit) >> 1]
        running = add(running, (x, y if (digit > 0) == (odd == 1) else P - y))
    return running


def base_times(scalar: int) -> Jacobian:
    """Return scalar · G for 0 < scalar < n."""
    return table_times(base_table(), BASE_WINDOW, scalar)


def times(point: Affine, scalar: int) -> Jacobian:
    """Return scalar · point for 0 ≤ scalar < n, with a handful of multiples (windowed non-adjacent form)."""
    multiples = _few_odd_multiples(point)
    running = INFINITY
    for digit in reversed(_non_adjacent(scalar)):
        running = double(running)
        if digit:
            x, y = multiples[abs(digit) >> 1]
            running = add(running, (x, y if digit > 0 else P - y))
    return running


def plus(one: Jacobian, other: Jacobian) -> Jacobian:
    """Return the sum of two points."""
    settled = affine(other)
    return one if settled is None else add(one, settled)


def _few_odd_multiples(point: Affine) -> list[Affine]:
    twofold = affine(double((*point, 1)))
    assert twofold is not None  # the order is prime and odd
    running: Jacobian = (*point, 1)
    found = [running]
    for _ in range((1 << (_NEW_KEY_WINDOW - 2)) - 1):
        running = add(running, twofold)
        found.append(running)
    return all_affine(found)


def _non_adjacent(scalar: int) -> list[int]:
    full, half = 1 << _NEW_KEY_WINDOW, 1 << (_NEW_KEY_WINDOW - 1)
    digits = []
    while scalar:
        digit = 0
        if scalar & 1:
            digit = scalar % full
            if digit >= half:
                digit -= full
            scalar -= digit
        digits.append(digit)
        scalar >>= 1
    return digits
