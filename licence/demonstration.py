"""The demonstration province issues its first licence: a business licence to a made-up firm, with the body's seal."""

import shlex
from importlib.resources import files
from typing import Final

from trust.plugin import World

BUSINESS_NUMBER: Final = "demonstration 1"
BASIS: Final = "示例〔2026〕1号"
FOLDER: Final = "demonstration"
FIRM: Final = "MA99Y001"  # the first eight signs of a made-up organisation code
ITEMS: Final = {
    "companyName": "示例省云杉信息科技有限公司",
    "companyType": "有限责任公司（自然人投资或控股）",
    "legalRepresentative": "柳䶮𬱖",
    "businessScope": "软件开发；信息系统集成服务；技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广"
    "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）。",
    "registeredCapital": "壹仟万元人民币",
    "establishedOn": "2026-03-01",
    "premises": "示例省示例市云杉路 18 号 3 幢 1201 室",
}


def seed(world: World) -> None:
    """Register the type, entitle the body, issue one licence; a second run finds all of it."""
    from licence import parts
    from licence.model.order import LicenceOrder
    from licence.usecases.entitle_issuer import EntitleOrder
    from seal.api import SealCard
    from trust.publishing import publisher
    from trust.values.credit_code import check_character
    from trust.values.organisation_code import check_digit
    from trust.values.principal import Principal
    from trust.values.region import Area

    floor, by = world.floor, Principal.service("demonstration")
    seal, region = world.take("seal", SealCard), Area.parse(floor.settings.region)
    found, _ = parts.register_type(floor)(files("licence.types").joinpath("business_licence.toml").read_bytes(), by)
    parts.entitle_issuer(floor)(EntitleOrder(seal.owner, seal.owner_name, found.code, region, BASIS), by)
    publish = publisher(floor)
    publish(by)  # before the licence, for our own check goes by what is published

    code = f"91{region.code}{FIRM}{check_digit(FIRM)}"
    items = {"creditCode": code + check_character(code), **ITEMS}
    (issued,) = parts.issue_licences(floor)([LicenceOrder(BUSINESS_NUMBER, found.code, seal.id, region, items)], by)
    path = floor.settings.home / FOLDER / f"{issued.identifier}.ofd"
    if not path.exists() or path.read_bytes() != issued.document:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(issued.document)
    world.tell("licence", str(path), zh=f"示范证照（{found.name}）", en="demonstration licence")
    root, registry = publish.folder.root_path, publish.folder.registry_path(region)
    line = ["trustctl", "licence", "verify", str(path), "--root", str(root), "--registry", str(registry)]
    world.tell("verify", shlex.join(line), zh="离线核验", en="verify it offline")
