"""Providers prove themselves before use, obey the rules of the process, and stand threads and forks."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from certs.errors import NoProvider
from certs.sm import arithmetic, known_answers, openssl, providers, selftest, sm2, tables
from certs.sm.provider import Sm2Provider
from certs.sm.sm2 import Sm2PrivateKey, Sm2PublicKey

EVERY = pytest.mark.parametrize("provider", providers.available(), ids=lambda provider: provider.name)


@pytest.fixture(autouse=True)
def _usual_rules() -> Iterator[None]:
    yield
    providers.configure()


def test_the_first_that_proves_itself_runs() -> None:
    report = providers.report()
    assert report.name == providers.available()[0].name == providers.signing().name
    assert report.build
    assert report.compiler
    assert report.signs


def test_forbidden_providers_are_passed_over() -> None:
    fast = frozenset(providers.NAMES) - {"python"}
    providers.configure(forbid=fast)
    report = providers.report()
    assert report.name == "python"
    assert not report.signs
    assert {refusal.name for refusal in report.refused} == fast
    providers.configure(forbid=frozenset(providers.NAMES))
    assert providers.report().name == ""
    with pytest.raises(NoProvider, match="forbidden"):
        providers.verifying()
    with pytest.raises(NoProvider, match="no SM2 provider named"):
        providers.configure(forbid=frozenset({"gmssl"}))


def test_python_verifies_anywhere_and_signs_only_when_allowed() -> None:
    key = Sm2PrivateKey.from_scalar(known_answers.SCALAR)
    fast = frozenset(providers.NAMES) - {"python"}
    providers.configure(forbid=fast)
    sm2.verify(Sm2PublicKey(known_answers.POINT), b"message digest", known_answers.SIGNATURE)
    for act in (
        Sm2PrivateKey.generate,
        lambda: sm2.sign(key, b"message"),
        lambda: sm2.encrypt(key.public, b"text"),
        lambda: sm2.decrypt(key, known_answers.CIPHER),
    ):
        with pytest.raises(NoProvider, match="may not sign"):
            act()
    providers.configure(forbid=fast, python_may_sign=True)
    sm2.verify(key.public, b"message", sm2.sign(key, b"message"))
    assert sm2.decrypt(key, sm2.encrypt(key.public, b"text")) == b"text"
    assert Sm2PrivateKey.generate().public != key.public


def test_a_provider_that_computes_wrongly_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openssl.OpensslPublicKey, "verify", lambda *_: True)
    providers.configure(forbid=frozenset(providers.NAMES) - {"openssl", "python"})
    report = providers.report()
    assert report.name == "python"
    assert any("was accepted" in refusal.reason for refusal in report.refused)


class Repeating(tables.PythonPrivateKey):
    """A key whose nonce is always the same."""

    def sign(self, e: bytes) -> bytes:
        signature = self.sign_with_nonce(e, 12345)
        assert signature is not None
        return signature


def test_a_repeated_nonce_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PythonPrivateKey", Repeating)
    with pytest.raises(NoProvider, match="nonce"):
        known_answers.known_answers(tables.PythonProvider())


def test_a_library_without_sm2_is_a_reason() -> None:
    with pytest.raises(NoProvider):
        openssl.OpensslProvider("/nowhere/libcrypto.so")
    with pytest.raises(NoProvider):
        openssl.OpensslProvider(sys.modules["_ctypes"].__file__ or "")


@EVERY
def test_gmssl_agrees(provider: Sm2Provider) -> None:
    selftest.cross_check(provider)


def test_disagreement_with_gmssl_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest.GmsslKey, "verify", lambda *_: False)
    with pytest.raises(NoProvider, match="disagree"):
        selftest.cross_check(tables.PythonProvider())


def test_gmssl_breaking_down_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bool:
        raise TypeError

    monkeypatch.setattr(selftest.GmsslKey, "verify", broken)
    with pytest.raises(NoProvider, match="gmssl fails"):
        selftest.cross_check(tables.PythonProvider())


def test_without_gmssl_there_is_no_cross_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gmssl", None)
    with pytest.raises(NoProvider, match="not installed"):
        selftest.cross_check(tables.PythonProvider())


@EVERY
def test_threads_share_keys(provider: Sm2Provider) -> None:
    private = provider.private_key(known_answers.SCALAR)
    public = provider.public_key(known_answers.POINT)

    def work(number: int) -> bytes:
        e = number.to_bytes(32, "big")
        signature = private.sign(e)
        assert public.verify(e, signature)
        assert not public.verify(bytes(32), signature)
        return signature

    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(work, range(1, 101)))
    assert len({sm2.decode_signature(signature)[0] for signature in signatures}) == 100


@EVERY
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_signs_with_other_nonces(provider: Sm2Provider) -> None:
    private = provider.private_key(known_answers.SCALAR)
    private.sign(known_answers.DIGEST)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, b"".join(sm2.to_raw(private.sign(known_answers.DIGEST)) for _ in range(8)))
        os._exit(0)
    os.close(writing)
    mine = [sm2.to_raw(private.sign(known_answers.DIGEST)) for _ in range(8)]
    with os.fdopen(reading, "rb") as pipe:
        theirs = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    assert len(theirs) == 8 * 64
    assert len({*mine, *(theirs[start : start + 64] for start in range(0, 512, 64))}) == 16


@EVERY
def test_many_keys_come_and_go(provider: Sm2Provider) -> None:
    private = provider.private_key(known_answers.SCALAR)
    for _ in range(50):
        public = provider.public_key(known_answers.POINT)
        assert public.verify(known_answers.DIGEST, private.sign(known_answers.DIGEST))


def test_a_key_seen_often_gets_a_table_and_the_oldest_goes() -> None:
    kept = tables._Tables()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "KEPT_TABLES", 2)
        points = [(number, number) for number in range(1, 12)]
        patch.setattr(arithmetic, "table", lambda *_: [[(0, 0)]])
        for point in points[:3]:
            assert [kept.find(point) for _ in range(tables.SEEN_BEFORE_TABLE - 1)] == [None] * 11
            assert kept.find(point) is not None
        assert kept.find(points[0]) is None
        assert kept.find(points[2]) is not None
        for point in points[3:]:
            kept.find(point)
        assert len(kept._seen) <= 8


def test_verification_with_a_table_agrees_with_verification_without() -> None:
    public = tables.PythonPublicKey(known_answers.POINT)
    bad = sm2.encode_signature(5, 7)
    for _ in range(tables.SEEN_BEFORE_TABLE + 2):
        assert public.verify(known_answers.DIGEST, known_answers.SIGNATURE)
        assert not public.verify(known_answers.DIGEST, bad)
