"""Verifiers fetch the registry and the root file, and are told when nothing changed."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from trust.storage.registry_folder import RegistryFolder
from trust.values.region import Area
from trust.web import registries


def test_the_files_are_served_and_revalidated(tmp_path: Path) -> None:
    folder = RegistryFolder(tmp_path)
    folder.place_registry(Area("440000"), b'{"payload":""}')
    client = TestClient(Starlette(routes=registries.routes(folder)))
    fetched = client.get("/registry/440000.json")
    assert (fetched.status_code, fetched.content) == (200, b'{"payload":""}')
    again = client.get("/registry/440000.json", headers={"If-None-Match": fetched.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    folder.place_registry(Area("440000"), b'{"payload":"more"}')
    assert client.get("/registry/440000.json", headers={"If-None-Match": fetched.headers["etag"]}).status_code == 200


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    client = TestClient(Starlette(routes=registries.routes(RegistryFolder(tmp_path))))
    for path in ("/registry/root.json", "/registry/..%2Fkeys", "/registry/440000", "/registry/"):
        assert client.get(path).status_code == 404
