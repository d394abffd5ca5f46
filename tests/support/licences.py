"""A synthetic business licence: its type's data file, values with rare characters, metadata, page and file."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from licence.formats.identifier import LicenceIdentifier, LicenceTypeCode
from licence.formats.metadata import Holder, Metadata, to_pairs
from licence.pages import description, layout, ofd
from licence.pages.description import Description
from trust.values.credit_code import CreditCode
from trust.values.holder import HolderCode
from trust.values.region import Area

TYPE_FILE = Path(__file__).parents[2] / "licence" / "types" / "business_licence.toml"
TYPE = LicenceTypeCode.parse("11100000MB0143028R001")
ISSUER = CreditCode.parse("11440000MB9X00015F")
FIRM = "91440300MA9Y00012X"
SCOPE = "软件开发；信息系统集成服务；技术服务、技术咨询（依法须经批准的项目，经相关部门批准后方可开展经营活动）。"
VALUES = {
    "creditCode": FIRM,
    "companyName": "海晏市㛃䶮𬱖𠅤信息科技有限公司",
    "companyType": "有限责任公司（自然人投资或控股）",
    "legalRepresentative": "𠅤㛃䶮𬱖",
    "businessScope": SCOPE,
    "registeredCapital": "壹仟万元人民币",
    "establishedOn": "2026年03月01日",
    "premises": 'A & B <座> "18" 号 3 幢 A-1201 室',
    "issuerName": "云州省海晏市市场监督管理局",
    "issuedOn": "2026年03月01日",
}


def type_data() -> dict[str, Any]:
    return tomllib.loads(TYPE_FILE.read_text("utf-8"))


def business_layout() -> Description:
    return description.decode(type_data()["layout"])


def metadata(serial: str = "202600000001", **changes: Any) -> Metadata:
    """The metadata of the licence whose values are `VALUES`."""
    made = Metadata(
        identifier=LicenceIdentifier(TYPE, ISSUER, serial, 1),
        type_name="营业执照",
        name="营业执照",
        number=FIRM,
        defining_body="国家市场监督管理总局",
        issuer_name=VALUES["issuerName"],
        issued_on=date(2026, 3, 1),
        area=Area.parse("440300"),
        holders=(Holder(VALUES["companyName"], HolderCode.parse("001", FIRM)),),
        items=tuple((name, value) for name, value in VALUES.items() if name not in {"issuerName", "issuedOn"}),
    )
    return replace(made, **changes)


def document(stated: Metadata | None = None, **values: str) -> bytes:
    """An unsealed licence file."""
    stated = stated or metadata()
    page = layout.lay_out(business_layout(), VALUES | values | {"identifier": stated.identifier.text})
    info = ofd.DocumentInfo("0" * 32, stated.name, stated.issuer_name, stated.issued_on, to_pairs(stated))
    return ofd.write(page, info)
