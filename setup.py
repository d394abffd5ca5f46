"""The one part of the build that pyproject.toml cannot say: the optional native SM2.

Without a C compiler the installation succeeds and the module is absent; SM2 then runs on libcrypto or on Python.
"""

import os
from pathlib import Path

from setuptools import Extension, setup

_SOURCES = sorted(str(path) for path in Path("certs/sm/_native").glob("*.c"))
_HEADERS = sorted(str(path) for path in Path("certs/sm/_native").glob("*.h"))
_NATIVE = Extension(
    "certs.sm._sm2",
    sources=_SOURCES,
    depends=_HEADERS,
    define_macros=[("Py_LIMITED_API", "0x030B0000")],
    # gcc's vectoriser takes the carry chains apart and halves the speed.
    extra_compile_args=["-std=c11", "-O3", "-fno-tree-vectorize", "-fvisibility=hidden", "-g0"],
    py_limited_api=True,
    optional=True,
)

setup(ext_modules=[_NATIVE] if os.name == "posix" else [])
