"""Golden files: what was written once is read for ever, and what was refused stays refused."""

import pytest

from tests.support.registries import AT
from tests.support.vectors import Vector, load
from trust.errors import TrustError
from trust.recognition import cbor, evidence, registry_json, root_file
from trust.recognition.trusted_set import TrustedSet

FILES = {vector.name: vector.data for vector in load("recognition")}


@pytest.mark.parametrize("vector", load("recognition", "registry"), ids=str)
def test_registry(vector: Vector) -> None:
    known = TrustedSet.load(FILES["root-two-regions"])
    if "after" in vector.header:
        known = known.update(FILES[vector.header["after"]], AT)
    if vector.expect == "ok":
        adopted = next(iter(known.update(vector.data, AT).adopted.values())).registry
        assert registry_json.decode(registry_json.encode(adopted)) == adopted
        return
    with pytest.raises(TrustError) as caught:
        known.update(vector.data, AT)
    assert caught.value.code == vector.expect


@pytest.mark.parametrize("vector", load("recognition", "root"), ids=str)
def test_root(vector: Vector) -> None:
    if vector.expect == "ok":
        assert root_file.encode(root_file.decode(vector.data)) == FILES["root-two-regions"]
        return
    with pytest.raises(TrustError) as caught:
        root_file.decode(vector.data)
    assert caught.value.code == vector.expect


@pytest.mark.parametrize("vector", load("recognition", "bundle"), ids=str)
def test_bundle(vector: Vector) -> None:
    if vector.expect == "ok":
        assert evidence.encode(evidence.decode(vector.data)) == vector.data
        assert cbor.encode(cbor.decode(vector.data)) == vector.data
        return
    with pytest.raises(TrustError) as caught:
        evidence.decode(vector.data)
    assert caught.value.code == vector.expect
