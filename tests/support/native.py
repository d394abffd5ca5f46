"""Compilers for the C of the native SM2, and its inner functions through ctypes."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "certs" / "sm" / "_native"
HARNESSES = ROOT / "tests" / "native"
FLAGS = ["-std=c11", "-O3", "-fno-tree-vectorize", "-Wall", "-Wextra", "-Werror"]  # as setup.py, and no warning
COMPILERS = ["gcc", "clang"]


def need(program: str) -> str:
    """Return the path of a program, or skip the test where it is not installed."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def build(compiler: str, harness: str, folder: Path, *flags: str) -> Path:
    """Compile a harness with the sources of the scheme."""
    out = folder / f"{Path(harness).stem}-{compiler}{'-'.join(flags).replace('/', '')}"
    scheme = [str(SOURCES / name) for name in ("curve.c", "sm3.c", "encoding.c", "sm2.c")]
    command = [need(compiler), *FLAGS, *flags, "-I", str(SOURCES), str(HARNESSES / harness), *scheme]
    done = subprocess.run([*command, "-o", str(out)], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return out


class Harness:
    """The inner functions of one build."""

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))
        self._library.harness_carries.restype = ctypes.c_char_p
        for name in ("sign", "encrypt"):
            getattr(self._library, f"harness_{name}").restype = ctypes.c_size_t
        self._library.harness_start()

    @property
    def carries(self) -> str:
        return str(self._library.harness_carries().decode())

    def many(self, operation: int, a: list[int], b: list[int]) -> list[int]:
        """Apply one of the operations of the enumeration in harness.c to pairs of numbers."""
        out = ctypes.create_string_buffer(32 * len(a))
        self._library.harness_many(operation, ctypes.c_size_t(len(a)), _limbs(a, 32), _limbs(b, 32), out)
        return _numbers(out.raw, 32)

    def multiply(self, a: list[int], b: list[int]) -> list[int]:
        out = ctypes.create_string_buffer(64 * len(a))
        self._library.harness_multiply(ctypes.c_size_t(len(a)), _limbs(a, 32), _limbs(b, 32), out)
        return _numbers(out.raw, 64)

    def square(self, a: list[int]) -> list[int]:
        out = ctypes.create_string_buffer(64 * len(a))
        self._library.harness_square(ctypes.c_size_t(len(a)), _limbs(a, 32), out)
        return _numbers(out.raw, 64)

    def reduce(self, t: list[int]) -> list[int]:
        out = ctypes.create_string_buffer(32 * len(t))
        self._library.harness_reduce(ctypes.c_size_t(len(t)), _limbs(t, 64), out)
        return _numbers(out.raw, 32)

    def base_times(self, scalar: int) -> bytes:
        out = ctypes.create_string_buffer(64)
        self._library.harness_base_times(_big(scalar), out)
        return out.raw

    def times(self, point: bytes, scalar: int) -> bytes:
        out = ctypes.create_string_buffer(64)
        assert self._library.harness_times(point, _big(scalar), out)
        return out.raw

    def sum(self, s: int, t: int, point: bytes, *, by_comb: bool) -> bytes | None:
        out = ctypes.create_string_buffer(64)
        return out.raw if self._library.harness_sum(_big(s), _big(t), point, int(by_comb), out) else None

    def sign(self, scalar: bytes, e: bytes, nonce: int) -> bytes | None:
        out = ctypes.create_string_buffer(80)
        size = self._library.harness_sign(scalar, e, _big(nonce), out)
        return out.raw[:size] if size else None

    def encrypt(self, point: bytes, plaintext: bytes, nonce: int) -> bytes | None:
        out = ctypes.create_string_buffer(len(plaintext) + 200)
        size = self._library.harness_encrypt(point, _big(nonce), plaintext, ctypes.c_size_t(len(plaintext)), out)
        return out.raw[:size] if size else None

    def sm3(self, data: bytes) -> bytes:
        out = ctypes.create_string_buffer(32)
        self._library.harness_sm3(data, ctypes.c_size_t(len(data)), out)
        return out.raw

    def hmac(self, key: bytes, data: bytes) -> bytes:
        out = ctypes.create_string_buffer(32)
        self._library.harness_hmac(key, data, ctypes.c_size_t(len(data)), out)
        return out.raw


def _limbs(numbers: list[int], size: int) -> bytes:
    return b"".join(number.to_bytes(size, "little") for number in numbers)


def _numbers(raw: bytes, size: int) -> list[int]:
    return [int.from_bytes(raw[start : start + size], "little") for start in range(0, len(raw), size)]


def _big(number: int) -> bytes:
    return number.to_bytes(32, "big")
