"""Who computes SM2 here: providers prove themselves by known answers at first use, and the first that does is taken."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from certs.errors import CertsError, NoProvider
from certs.sm.known_answers import known_answers
from certs.sm.provider import Sm2Provider


@dataclass(frozen=True, slots=True)
class Refusal:
    """A provider that was passed over, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """Which provider runs, what it is, and who was passed over; `name` is empty when none proved itself."""

    name: str
    build: str
    compiler: str
    signs: bool
    refused: tuple[Refusal, ...]


NAMES: Final = ("native", "openssl", "python")


class _Choice:
    """The choice of this process, made once and kept until the rules change."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.forbidden: frozenset[str] = frozenset()
        self.python_may_sign = False
        self.proved: tuple[Sm2Provider, ...] | None = None
        self.refused: tuple[Refusal, ...] = ()


_choice: Final = _Choice()


def configure(*, forbid: frozenset[str] = frozenset(), python_may_sign: bool = False) -> None:
    """Set the rules of this process; where they change who may compute, the choice is made again at the next use.

    Args:
        forbid: names of providers that are not to be used.
        python_may_sign: let the Python tables hold private keys. Their time depends on the key, so this is for
            development and for machines that nobody else can watch.
    """
    if unknown := forbid - set(NAMES):
        raise NoProvider(f"there is no SM2 provider named {', '.join(sorted(unknown))}")
    with _choice.lock:
        if forbid != _choice.forbidden:
            _choice.proved = None
        _choice.forbidden, _choice.python_may_sign = forbid, python_may_sign


def verifying() -> Sm2Provider:
    """Return the provider that verifies.

    Raises:
        NoProvider: none proved itself under the rules.
    """
    proved = _choice.proved
    if proved is None:
        proved = _choose()
    if not proved:
        raise NoProvider(f"no SM2 provider: {_reasons()}")
    return proved[0]


def signing() -> Sm2Provider:
    """Return the provider that holds private keys.

    Raises:
        NoProvider: none proved itself, or none of those may sign under the rules.
    """
    provider = verifying()
    if provider.may_hold_secrets or _choice.python_may_sign:
        return provider
    raise NoProvider(f"SM2 can be verified here, but the {provider.name} provider may not sign; {_reasons()}")


def report() -> Report:
    """Say which provider runs and why others were passed over."""
    proved = _choice.proved
    if proved is None:
        proved = _choose()
    if not proved:
        return Report("", "", "", signs=False, refused=_choice.refused)
    first = proved[0]
    signs = first.may_hold_secrets or _choice.python_may_sign
    return Report(first.name, first.build, first.compiler, signs, _choice.refused)


def available() -> tuple[Sm2Provider, ...]:
    """Return every provider that proves itself here, whatever the rules say: for tests, benchmarks and diagnosis."""
    return tuple(outcome for outcome in _tried(frozenset(), every=True) if not isinstance(outcome, Refusal))


def _choose() -> tuple[Sm2Provider, ...]:
    with _choice.lock:
        if _choice.proved is None:
            found = list(_tried(_choice.forbidden, every=False))
            _choice.refused = tuple(outcome for outcome in found if isinstance(outcome, Refusal))
            _choice.proved = tuple(outcome for outcome in found if not isinstance(outcome, Refusal))
        return _choice.proved


def _tried(forbidden: frozenset[str], *, every: bool) -> Iterator[Sm2Provider | Refusal]:
    """Go through the candidates in order; stop after the first that proves itself unless all are wanted."""
    for name in NAMES:
        if name in forbidden:
            yield Refusal(name, "forbidden by the settings")
            continue
        try:
            makers = list(_makers(name))
        except ImportError as absent:
            yield Refusal(name, f"not built: {absent}")
            continue
        for maker in makers:
            try:
                provider = maker()
                known_answers(provider)
            except CertsError as wrong:
                yield Refusal(name, str(wrong))
            else:
                yield provider
                if not every:
                    return
                break


def _makers(name: str) -> Iterator[Callable[[], Sm2Provider]]:
    if name == "native":
        from certs.sm.native import NativeProvider

        yield NativeProvider
    elif name == "openssl":
        from certs.sm.openssl import candidates

        yield from candidates()
    else:
        from certs.sm.tables import PythonProvider

        yield PythonProvider


def _reasons() -> str:
    return "; ".join(f"{refusal.name}: {refusal.reason}" for refusal in _choice.refused)
