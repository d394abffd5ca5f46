"""The one part of the build that pyproject.toml cannot say: the optional native SM2.

Without a C compiler the installation succeeds and the module is absent; SM2 then runs on libcrypto or on Python.
"""

import os
import sysconfig
from pathlib import Path

from setuptools import Extension, setup

_FOLDER = Path("certs/sm/_native")
_NATIVE = Extension(
    "certs.sm._sm2",
    sources=sorted(str(path) for path in _FOLDER.glob("*.c")),
    depends=sorted(str(path) for path in _FOLDER.glob("*.h")),
    define_macros=[("Py_LIMITED_API", "0x030B0000")],
    # gcc's vectoriser takes the carry chains apart and halves the speed.
    extra_compile_args=["-std=c11", "-O3", "-fno-tree-vectorize", "-fvisibility=hidden", "-g0"],
    py_limited_api=True,
    optional=True,
)

if os.name == "posix" and not sysconfig.get_config_var("Py_GIL_DISABLED"):  # where the stable ABI and gcc's C are
    setup(ext_modules=[_NATIVE], options={"bdist_wheel": {"py_limited_api": "cp311"}})
else:
    setup()
