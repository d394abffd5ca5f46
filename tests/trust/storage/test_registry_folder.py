"""The folder of public files: whole files under fixed names, and nothing beside them."""

from pathlib import Path

import pytest

from trust.storage.registry_folder import RegistryFolder, RegistryFolderUnusable
from trust.values.region import Area


def test_files_come_back_under_their_names(tmp_path: Path) -> None:
    folder = RegistryFolder(tmp_path / "registry")
    assert folder.find("root.json") is None
    folder.place_root(b"root")
    folder.place_registry(Area("440000"), b"first")
    folder.place_registry(Area("440000"), b"second")
    assert (folder.find("root.json"), folder.find("440000.json")) == (b"root", b"second")
    assert sorted(path.name for path in folder.folder.iterdir()) == ["440000.json", "root.json"]


@pytest.mark.parametrize("name", ["", ".", "..", "../keys", "44000.json", "440000.json/", "x/4400.json", "/etc/passwd"])
def test_other_names_lead_nowhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "keys").write_bytes(b"secret")
    folder = RegistryFolder(tmp_path / "registry")
    folder.place_root(b"root")
    assert folder.find(name) is None


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "registry").write_bytes(b"a file where the folder should be")
    with pytest.raises(RegistryFolderUnusable):
        RegistryFolder(tmp_path / "registry").place_root(b"root")
