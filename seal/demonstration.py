"""The demonstration province gets a seal: that of the body that issues its business licences."""

from typing import TYPE_CHECKING, Final

from trust.plugin import World

if TYPE_CHECKING:
    from seal.model.seal import Seal

BODY: Final = "示例省市场监督管理局"
ORGANISATION: Final = "MB099001"  # the first eight signs of a made-up organisation code
KEY: Final = "demonstration"


def seed(world: World) -> None:
    """Make the seal of the demonstration body once; a second run finds it, and loads no typeface."""
    from seal.local import card
    from seal.model.seal import Standing
    from seal.storage.seals import Seals

    with world.floor.database.reading() as db:
        found = Seals(db).find_by_order(KEY)
    seal = found[0] if found is not None and found[0].standing is not Standing.IN_MAKING else _made(world)
    world.give("seal", card(seal))
    world.tell("seal", seal.id.text, zh=f"示范印章（{BODY}）", en="demonstration seal")


def _made(world: World) -> "Seal":
    from seal.drawing import drawn
    from seal.parts import make_seal
    from seal.settings import SealSettings
    from seal.usecases.make_seal import MakeOrder
    from trust.values.credit_code import CreditCode, check_character
    from trust.values.organisation_code import check_digit
    from trust.values.principal import Principal
    from trust.values.region import Area

    region = Area.parse(world.floor.settings.region)
    code = f"11{region.code}{ORGANISATION}{check_digit(ORGANISATION)}"
    order = MakeOrder(
        key=KEY,
        division=region,
        owner=CreditCode.parse(code + check_character(code)),
        owner_name=BODY,
        name=BODY,
        picture=drawn("round", BODY, 45),
        life=SealSettings.of(world.floor.settings).life,
    )
    return make_seal(world.floor)(order, Principal.service("demonstration"))
