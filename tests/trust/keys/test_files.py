"""The ring of files: made once, found again, never replaced, refused when anything about a file is wrong."""

import base64
import shutil
import threading
from pathlib import Path

import pytest

from certs.keys import KeyKind, PrivateKey
from trust.errors import TrustError
from trust.keys.errors import KeyAltered, KeyExists, KeyFileUnusable, KeyMissing, KeyNameMalformed
from trust.keys.files import FileKeyRing
from trust.keys.ring import Grade, KeyRing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "ring"


@pytest.fixture
def ring(folder: Path) -> FileKeyRing:
    return FileKeyRing.open(folder)


def test_a_key_signs_after_the_ring_is_opened_again(ring: FileKeyRing, folder: Path) -> None:
    public = ring.create("pki/root")
    again: KeyRing = FileKeyRing.open(folder)
    signer = again.signer("pki/root")
    assert signer.public_key == public == again.public("pki/root")
    public.verify(signer.sign(b"message"), b"message", signer.algorithm)
    assert again.signer("pki/root") is signer
    assert again.names() == ("pki/root",)
    assert again.grade is Grade.SOFTWARE


@pytest.mark.parametrize(("kind", "bits"), [(KeyKind.P256, 0), (KeyKind.RSA, 2048), (KeyKind.RSA, 3072)])
def test_other_kinds_of_keys_are_kept_like_sm2(
    ring: FileKeyRing, folder: Path, kind: KeyKind, bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = ring.create("idp/one", kind, rsa_bits=bits or 3072)
    again = FileKeyRing.open(folder)
    loads: list[str] = []
    load = FileKeyRing._load

    def counted(self: FileKeyRing, name: str) -> PrivateKey:
        loads.append(name)
        return load(self, name)

    monkeypatch.setattr(FileKeyRing, "_load", counted)
    for _ in range(3):
        signer = again.signer("idp/one")
        public.verify(signer.sign(b"message"), b"message", signer.algorithm)
    assert again.public("idp/one") == public
    assert public.kind is kind
    assert loads == ["idp/one"]
    assert again.names() == ("idp/one",)
    text = (folder / "keys" / "idp" / "one.pem").read_bytes()
    assert b"ENCRYPTED PRIVATE KEY" in text
    assert public.key_bits[-64:] not in base64.b64decode(b"".join(text.split(b"-----")[2].split()))


def test_rsa_has_3072_bits_unless_told_otherwise_and_never_fewer_than_2048(ring: FileKeyRing) -> None:
    assert 3072 // 8 < len(ring.create("plain", KeyKind.RSA).key_bits) < 3072 // 8 + 20
    for bits in (512, 1024, 2047, 16_384):
        with pytest.raises(ValueError, match="bits"):
            ring.create("small", KeyKind.RSA, rsa_bits=bits)
    assert ring.names() == ("plain",)


def test_a_name_of_another_kind_is_taken(ring: FileKeyRing) -> None:
    ring.create("a", KeyKind.P256)
    assert ring.create("a", KeyKind.P256, exist_ok=True).kind is KeyKind.P256
    with pytest.raises(KeyExists, match="P-256"):
        ring.create("a", exist_ok=True)


def test_a_key_is_never_replaced(ring: FileKeyRing, folder: Path) -> None:
    public = ring.create("seal")
    before = (folder / "keys" / "seal.pem").read_bytes()
    with pytest.raises(KeyExists):
        ring.create("seal")
    with pytest.raises(KeyExists):
        FileKeyRing.open(folder).create("seal")
    assert ring.create("seal", exist_ok=True) == public
    assert FileKeyRing.open(folder).create("seal", exist_ok=True) == public
    assert (folder / "keys" / "seal.pem").read_bytes() == before


def test_one_of_many_creators_at_once_wins(folder: Path) -> None:
    rings = [FileKeyRing.open(folder) for _ in range(8)]
    made: list[bytes] = []
    threads = [
        threading.Thread(target=lambda each=each: made.append(each.create("one", exist_ok=True).spki)) for each in rings
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert set(made) == {FileKeyRing.open(folder).public("one").spki}
    assert [path.name for path in (folder / "keys").iterdir()] == ["one.pem"]


def test_files_are_for_their_owner_alone(ring: FileKeyRing, folder: Path) -> None:
    ring.create("a")
    ring.create_secret("b")
    for path in folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../a", "/a", "a/", "a//b", "a/../b", "a\0b", "a b", "甲", "a\n", ".a"]
)
def test_a_name_cannot_leave_the_ring(ring: FileKeyRing, name: str) -> None:
    for use in (ring.create, ring.signer, ring.create_secret, ring.secret):
        with pytest.raises(KeyNameMalformed):
            use(name)


def test_an_unknown_name_is_missing(ring: FileKeyRing) -> None:
    for use in (ring.signer, ring.public, ring.secret, ring.generations, ring.renew_secret):
        with pytest.raises(KeyMissing):
            use("nobody")


def test_the_file_of_another_key_is_refused(ring: FileKeyRing, folder: Path) -> None:
    ring.create("clerk")
    ring.create("minister")
    shutil.copyfile(folder / "keys" / "clerk.pem", folder / "keys" / "minister.pem")
    with pytest.raises(KeyAltered):
        FileKeyRing.open(folder).signer("minister")


def test_the_key_of_another_ring_is_refused(ring: FileKeyRing, folder: Path, tmp_path: Path) -> None:
    ring.create("a")
    FileKeyRing.open(tmp_path / "other").create("a")
    shutil.copyfile(tmp_path / "other" / "keys" / "a.pem", folder / "keys" / "a.pem")
    with pytest.raises(KeyAltered):
        FileKeyRing.open(folder).signer("a")


def test_every_changed_byte_of_a_key_file_is_refused(ring: FileKeyRing, folder: Path) -> None:
    ring.create("a")
    path = folder / "keys" / "a.pem"
    good = path.read_bytes()
    for position in range(len(good)):
        path.write_bytes(good[:position] + bytes([good[position] ^ 1]) + good[position + 1 :])
        with pytest.raises(TrustError):
            ring._load("a")
    path.write_bytes(good)
    assert ring._load("a").public_key == ring.public("a")


def test_secrets_have_generations(ring: FileKeyRing, folder: Path) -> None:
    ring.create_secret("journal-mac")
    first = ring.secret("journal-mac")
    assert len(first) == 32
    assert ring.renew_secret("journal-mac") == 2
    second = ring.secret("journal-mac")
    assert second != first
    assert FileKeyRing.open(folder).generations("journal-mac") == {1: first, 2: second}
    with pytest.raises(KeyExists):
        ring.create_secret("journal-mac")
    ring.create_secret("journal-mac", exist_ok=True)
    assert ring.secret("journal-mac") == second


def test_a_secret_is_bound_to_its_name_and_generation(ring: FileKeyRing, folder: Path) -> None:
    ring.create_secret("a", 16)
    ring.create_secret("b", 16)
    ring.renew_secret("a")
    secrets = folder / "secrets"
    for source, target in (("b.secret/1", "a.secret/1"), ("a.secret/1", "a.secret/2")):
        kept = (secrets / target).read_bytes()
        shutil.copyfile(secrets / source, secrets / target)
        with pytest.raises(KeyAltered):
            FileKeyRing.open(folder).secret("a")
        (secrets / target).write_bytes(kept)
    assert len(FileKeyRing.open(folder).secret("a")) == 16


def _key_file(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_key_file_must_be_the_right_one(folder: Path, tmp_path: Path) -> None:
    right = _key_file(tmp_path / "right", b"correct horse battery staple\n")
    public = FileKeyRing.open(folder, right).create("a")
    assert FileKeyRing.open(folder, right).public("a") == public
    wrong = _key_file(tmp_path / "wrong", b"correct horse battery stapler\n")
    with pytest.raises(KeyFileUnusable, match="not the one"):
        FileKeyRing.open(folder, wrong)
    with pytest.raises(KeyFileUnusable):
        FileKeyRing.open(folder)
    assert b"correct horse" not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_key_file_open_to_others_short_or_missing_is_refused(folder: Path, tmp_path: Path) -> None:
    for file in (
        _key_file(tmp_path / "open", b"correct horse battery staple", 0o640),
        _key_file(tmp_path / "short", b"correct horse"),
        _key_file(tmp_path / "endless", b"x" * (64 * 1024 + 1)),
        tmp_path / "missing",
        tmp_path,
    ):
        with pytest.raises(KeyFileUnusable):
            FileKeyRing.open(folder, file)


def test_nothing_secret_is_printed(ring: FileKeyRing) -> None:
    ring.create("a")
    ring.create_secret("b")
    shown = repr(ring) + repr(ring.signer("a"))
    assert ring.secret("b").hex() not in shown
    assert repr(ring.secret("b")) not in shown
    assert "password" not in shown
