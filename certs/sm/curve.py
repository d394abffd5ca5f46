"""The recommended curve of SM2: its numbers, its membership test and its key headers.

Standard:
    GB/T 32918.5-2017 (parameter definition); GB/T 35276-2017 (key formats).
"""

from typing import Final

P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A: Final = P - 3
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
GX: Final = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY: Final = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0

SPKI_HEADER: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
"""What stands before x and y in the SubjectPublicKeyInfo of every SM2 key."""


def contains(x: int, y: int) -> bool:
    """Tell whether (x, y) is a finite point of the curve with reduced coordinates."""
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x + A) * x - B) % P == 0


def split(point: bytes) -> tuple[int, int]:
    """Take x and y out of 64 bytes."""
    return int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")


def join(x: int, y: int) -> bytes:
    """Write x and y as 64 bytes."""
    return x.to_bytes(32, "big") + y.to_bytes(32, "big")
