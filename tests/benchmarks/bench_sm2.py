"""SM2 by each provider, against `openssl speed` (P-256 and SM2) and gmssl, each ratio taken within its own round."""

import multiprocessing
import secrets
import shutil
import statistics
import subprocess
import threading
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle
from multiprocessing.process import BaseProcess

from certs.sm import known_answers, providers, selftest
from certs.sm.provider import Sm2Provider
from tests.benchmarks.harness import Effort, Row, cpu_per_call, per_second

_STRANGERS = 300  # more than any provider remembers
E = known_answers.DIGEST
TEXT = bytes(32)


def run(effort: Effort) -> list[Row]:
    """Measure what each provider does to a digest and to a short text."""
    samples: dict[str, list[float]] = defaultdict(list)
    acts = dict(_acts())
    for _ in range(effort.rounds):
        for name, seconds in [*_openssl_speed(effort), *cpu_per_call(acts, Effort(effort.seconds, 1)).items()]:
            samples[name].append(seconds)
    return [*_rows(samples), *_threads(effort)]


def _acts() -> Iterator[tuple[str, Callable[[], object]]]:
    for provider in providers.available():
        name = provider.name
        private, public = provider.private_key(known_answers.SCALAR), provider.public_key(known_answers.POINT)
        cipher = public.encrypt(TEXT)
        for _ in range(20):  # from here on the key is known
            public.verify(E, known_answers.SIGNATURE)
        yield f"{name} sign", partial(private.sign, E)
        yield f"{name} verify", partial(public.verify, E, known_answers.SIGNATURE)
        yield f"{name} verify, new key", _strangers(provider)
        yield f"{name} encrypt", partial(public.encrypt, TEXT)
        yield f"{name} decrypt", partial(private.decrypt, cipher)
    gmssl = selftest.GmsslKey(known_answers.SCALAR, known_answers.POINT)
    yield "gmssl sign", partial(gmssl.sign, E)
    yield "gmssl verify", partial(gmssl.verify, E, known_answers.SIGNATURE)


def _strangers(provider: Sm2Provider) -> Callable[[], object]:
    """Return the verification under a key that has not been seen for a long time, parsing it included."""
    keys = [provider.private_key(secrets.token_bytes(31).rjust(32, b"\x01")) for _ in range(_STRANGERS)]
    signed = cycle([(key.point, key.sign(E)) for key in keys])

    def verify() -> bool:
        point, signature = next(signed)
        return provider.public_key(point).verify(E, signature)

    return verify


def _openssl_speed(effort: Effort) -> Iterator[tuple[str, float]]:
    """Yield seconds a signature and a verification of the openssl command itself."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return
    for curve in ("ecdsap256", "sm2"):
        seconds = "1" if effort.quick else "2"
        command = [openssl, "speed", "-mr", "-seconds", seconds, curve]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        figures = [line for line in done.stdout.splitlines() if line.startswith(("+F4:", "+F7:"))]
        *_, sign, verify = figures[-1].split(":")
        yield f"{curve} sign", 1 / float(sign)
        yield f"{curve} verify", 1 / float(verify)


_AIMS = (
    ("sm2 sign", "ecdsap256 sign", ""),
    ("sm2 verify", "ecdsap256 verify", ""),
    ("native sign", "ecdsap256 sign", "≥ 0.7"),
    ("native verify, new key", "ecdsap256 verify", "≥ 0.45"),
    ("native verify", "ecdsap256 verify", "≥ 2.5"),
    ("native encrypt", "openssl encrypt", ""),
    ("native decrypt", "openssl decrypt", ""),
    ("openssl sign", "sm2 sign", "≥ 0.9"),
    ("openssl verify", "sm2 verify", "≥ 0.9"),
    ("python sign", "gmssl sign", "≥ 25"),
    ("python verify", "gmssl verify", "≥ 25"),
    ("python verify, new key", "gmssl verify", ""),
)
_NAMES = {
    "openssl": "libcrypto through Python,",
    "ecdsap256": "`openssl speed ecdsap256`",
    "sm2": "`openssl speed sm2`",
}


def _rows(samples: dict[str, list[float]]) -> Iterator[Row]:
    for name, against, aim in _AIMS:
        if name in samples and against in samples:
            ratios = [base / own for own, base in zip(samples[name], samples[against], strict=True)]
            figure = per_second(statistics.median(samples[name]))
            yield Row(f"SM2, {_shown(name)}", figure, statistics.median(ratios), _shown(against), aim)


def _shown(name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{_NAMES.get(first, first)} {rest}"


def _threads(effort: Effort) -> Iterator[Row]:
    """Two threads against one, and against two processes: the first says little unless two cores are free."""
    sign = providers.signing().private_key(known_answers.SCALAR).sign
    count = max(10, int(effort.seconds * 20_000))
    against_one, against_processes, seconds = [], [], []
    for _ in range(effort.rounds):
        one, two, processes = elapsed(sign, count, 1), elapsed(sign, count, 2), elapsed_processes(sign, count)
        against_one.append(2 * one / two)
        against_processes.append(processes / two)
        seconds.append(two / count / 2)
    what, figure = f"SM2, {providers.signing().name} sign in two threads", per_second(min(seconds))
    yield Row(what, figure, max(against_one), "one thread, best round", "≥ 1.7 on two free cores")
    yield Row(what, figure, statistics.median(against_processes), "two processes", "")


def elapsed(sign: Callable[[bytes], bytes], count: int, threads: int) -> float:
    """Return the seconds that `threads` threads take for `count` signatures each."""
    return _elapsed([threading.Thread(target=_work, args=(sign, count)) for _ in range(threads)])


def elapsed_processes(sign: Callable[[bytes], bytes], count: int) -> float:
    """Return the seconds that two processes take for `count` signatures each, being made included."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside threads: the child only signs
        fork = multiprocessing.get_context("fork")
        return _elapsed([fork.Process(target=_work, args=(sign, count)) for _ in range(2)])


def _elapsed(workers: Sequence[threading.Thread | BaseProcess]) -> float:
    begun = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - begun


def _work(sign: Callable[[bytes], bytes], count: int) -> None:
    for _ in range(count):
        sign(E)
