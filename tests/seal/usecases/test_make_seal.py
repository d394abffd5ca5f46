"""Making seals: certificate, seal data, registry entry; once for each order, carried on after an interruption."""

from datetime import timedelta

import pytest

from certs import certificate
from seal.errors import KeyReused, SealOrderMalformed
from seal.model.seal import SealId, Standing
from seal.ses.seal_data import Picture
from seal.ses.seal_data import Seal as Sealed
from seal.storage.seals import Seals
from tests.support.memory_authority import OutOfOrder
from tests.support.seal_house import PICTURE, House
from trust.recognition.registry import EntryType


def test_a_seal_is_made_as_the_standard_says(house: House) -> None:
    seal = house.seal()
    assert seal.id == SealId.parse("44000000000001")
    assert seal.standing is Standing.USABLE
    made = Sealed.decode(seal.data)
    assert made.info.seal_id == seal.id.text
    assert made.info.version == 4
    assert made.info.picture == Picture("PNG", PICTURE, 42, 42)
    assert made.info.properties.lists(seal.certificate)
    assert (made.info.properties.valid_from, made.info.properties.valid_to) == (seal.valid_from, seal.valid_to)
    maker = certificate.decode(made.maker_certificate)
    maker.public_key.verify(made.signature, made.signed, house.keys.ring.signer("seal-maker").algorithm)
    signer = certificate.decode(seal.certificate)
    assert signer.public_key == house.keys.ring.public(seal.key)
    assert str(signer.subject).count("44000000000001") == 1
    with house.database.reading() as db:
        assert Seals(db).get(seal.id) == seal


def test_the_maker_is_set_up_once_and_proposed_for_the_registry(house: House) -> None:
    house.seal("first")
    house.seal("second")
    with house.new_work() as work:
        (entry,) = work.registry.waiting()
    assert entry.type is EntryType.SEAL_MAKER
    assert entry.certificate == house.authority.issued["seal-maker"].der
    assert house.events() == [
        "seal-intended",
        "seal-maker-installed",
        "seal-made",
        "seal-intended",
        "seal-made",
    ]


def test_the_same_order_gives_the_same_seal_and_another_under_its_key_is_refused(house: House) -> None:
    assert house.seal("first") == house.seal("first")
    assert house.seal("second").id == SealId.parse("44000000000002")
    with pytest.raises(KeyReused):
        house.seal("first", name="另一个名称")


def test_a_making_that_was_interrupted_is_carried_on(house: House) -> None:
    house.authority.broken = True
    with pytest.raises(OutOfOrder):
        house.seal()
    with house.database.reading() as db:
        assert Seals(db).get(SealId.parse("44000000000001")).standing is Standing.IN_MAKING
    house.authority.broken = False
    seal = house.seal()
    assert (seal.id, seal.standing) == (SealId.parse("44000000000001"), Standing.USABLE)


def test_a_seal_does_not_outlive_its_certificate(house: House) -> None:
    seal = house.seal(life=timedelta(days=20_000))
    assert seal.valid_to == certificate.decode(seal.certificate).not_after


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"owner_name": ""},
        {"key": ""},
        {"picture": Picture("PNG", b"GIF89a", 42, 42)},
        {"picture": Picture("PNG", b"", 42, 42)},
        {"picture": Picture("PNG", PICTURE, 61, 42)},
        {"picture": Picture("PNG", PICTURE, 0, 42)},
        {"life": timedelta()},
    ],
)
def test_what_no_seal_can_be_is_refused(house: House, changes: dict[str, object]) -> None:
    with pytest.raises(SealOrderMalformed):
        house.seal(**changes)  # type: ignore[arg-type]
    assert house.events() == []
