"""Root files: kept by hand, read strictly."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.registries import Region, root
from trust.recognition import root_file
from trust.recognition.errors import RootMalformed

FILE = root(Region("440000"), Region("330000"))


def test_a_root_file_comes_back() -> None:
    pinned = root_file.decode(FILE)
    assert root_file.encode(pinned) == FILE
    assert [str(key.region) for key in pinned.keys] == ["440000", "330000"]
    assert pinned.find("key-330000") == pinned.keys[1]
    assert pinned.find("key-110000") is None


def test_spaces_and_order_are_free() -> None:
    members = json.loads(FILE)
    by_hand = json.dumps(dict(reversed(members.items())), indent=2).encode()
    assert root_file.decode(by_hand) == root_file.decode(FILE)


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.pop("id"),
        lambda file: file.update(more=1),
        lambda file: file.update(id=""),
        lambda file: file.update(id=7),
        lambda file: file.update(keys=[]),
        lambda file: file.update(keys={}),
        lambda file: file["keys"].append(file["keys"][0]),
        lambda file: file["keys"].append({**file["keys"][0], "kid": "again"}),
        lambda file: file["keys"][0].pop("region"),
        lambda file: file["keys"][0].update(region="44"),
        lambda file: file["keys"][0].update(region=440000),
        lambda file: file["keys"][0].update(kid=""),
        lambda file: file["keys"][0].update(kid=1),
        lambda file: file["keys"][0].update(kty="OKP"),
        lambda file: file["keys"][0].update(crv="P-256"),
        lambda file: file["keys"][0].update(alg="ES256"),
        lambda file: file["keys"][0].update(crv=[]),
        lambda file: file["keys"][0].update(x="AAAA"),
        lambda file: file["keys"][0].update(y=file["keys"][0]["y"] + "="),
        lambda file: file["keys"][0].update(x=file["keys"][1]["x"]),
        lambda file: file["keys"][0].update(d="A" * 43),
    ],
)
def test_every_rule_refuses(change: Change) -> None:
    members = json.loads(FILE)
    change(members)
    with pytest.raises(RootMalformed):
        root_file.decode(json.dumps(members).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"id":"a","id":"a"}', b"{}" * (1 << 20)])
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(RootMalformed):
        root_file.decode(data)
