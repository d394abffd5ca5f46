"""Objects are kept by their digest, durably, and a changed one is never handed out."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certs.sm import sm3
from trust.storage.errors import AddressMalformed, ObjectAltered, ObjectMissing, StorageUnavailable
from trust.storage.objects import ObjectStore


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "objects")


def test_what_is_put_is_got_by_its_digest(store: ObjectStore) -> None:
    for data in (b"", b"licence", bytes(range(256)) * 4096):
        address = store.put(data)
        assert address == sm3.digest(data).hex()
        assert store.get(address) == data
        assert address in store
        assert store.put(data) == address
    assert len(list(store.addresses())) == 3


def test_a_changed_object_is_not_handed_out(store: ObjectStore) -> None:
    address = store.put(b"licence")
    path = store.folder / address[:2] / address
    for altered in (b"licencf", b"licence\n", b""):
        path.write_bytes(altered)
        with pytest.raises(ObjectAltered):
            store.get(address)


def test_putting_again_heals_a_damaged_object(store: ObjectStore) -> None:
    address = store.put(b"licence")
    (store.folder / address[:2] / address).write_bytes(b"lic")
    store.put(b"licence")
    assert store.get(address) == b"licence"


@pytest.mark.parametrize("address", ["", "ab", "A" * 64, "g" * 64, "../" + "a" * 61, "a" * 63 + "\n", "a" * 65])
def test_only_digests_are_addresses(store: ObjectStore, address: str) -> None:
    with pytest.raises(AddressMalformed):
        store.get(address)


def test_an_unknown_address_is_missing(store: ObjectStore) -> None:
    with pytest.raises(ObjectMissing):
        store.get("0" * 64)
    assert "0" * 64 not in store


@pytest.mark.parametrize("verb", ["open", "fsync", "rename"])
def test_a_refusing_disk_keeps_nothing(store: ObjectStore, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_named: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        if verb == "rename":
            patched.setattr(Path, "rename", refuse)
        else:
            patched.setattr(os, verb, refuse)
        with pytest.raises(StorageUnavailable):
            store.put(b"licence")
    assert list(store.addresses()) == []
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_a_sweep_removes_only_what_is_old_and_named_by_nobody(store: ObjectStore) -> None:
    named, forgotten, young = store.put(b"named"), store.put(b"forgotten"), store.put(b"young")
    leftover = store.folder / named[:2] / f".{named}.1234"
    leftover.write_bytes(b"half")
    now = datetime.now(UTC)
    old = (now - timedelta(hours=25)).timestamp()
    for path in (store.folder / named[:2] / named, store.folder / forgotten[:2] / forgotten, leftover):
        os.utime(path, (old, old))
    assert store.sweep(lambda address: address == named, now - timedelta(hours=24)) == [forgotten]
    assert set(store.addresses()) == {named, young}
    assert not leftover.exists()


def test_putting_again_makes_an_object_young(store: ObjectStore) -> None:
    address = store.put(b"licence")
    os.utime(store.folder / address[:2] / address, (0, 0))
    store.put(b"licence")
    assert store.sweep(lambda _: False, datetime.now(UTC) - timedelta(hours=24)) == []
    assert store.get(address) == b"licence"
