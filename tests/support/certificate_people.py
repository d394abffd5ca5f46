"""Holders of certificates, good ones and ones with every defect, and how signing agents answer for them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from certs import cms_writer, oids, pem, profile
from certs.cms_writer import GB_T_35275
from certs.der import Reader
from certs.extensions import KeyUsage
from idp.factors import possession
from idp.model.account import Account
from idp.model.challenge import statement_digest
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER, DeviceHouse
from tests.support.hierarchy import NOW, Member, authority, declare, leaf
from trust.recognition.jwk import encode_base64url
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

PLAIN = replace(profile.PERSON, purposes=(), policies=())
PEOPLE = declare(
    root=authority(path_length=2),
    ca=authority("root", path_length=0),
    foreign=authority(path_length=1),
    person=leaf("ca", profile.PERSON),
    other=leaf("ca", profile.PERSON),
    plain=leaf("ca", PLAIN),
    client=leaf("ca", replace(PLAIN, purposes=(oids.CLIENT_AUTH,))),
    sealer=leaf("ca", profile.SEALER),
    stamper=leaf("ca", profile.TIME_STAMP_AUTHORITY),
    repudiable=leaf("ca", replace(PLAIN, key_usage=frozenset({KeyUsage.NON_REPUDIATION}))),
    encrypting=leaf("ca", replace(PLAIN, key_usage=frozenset({KeyUsage.KEY_ENCIPHERMENT}))),
    early=leaf("ca", profile.PERSON, not_before=NOW + timedelta(days=1)),
    late=leaf("ca", profile.PERSON, not_after=NOW - timedelta(days=1)),
    forged=leaf("ca", profile.PERSON, signed_by="foreign"),
    stranger=leaf("foreign", profile.PERSON),
    twin=leaf("ca", profile.PERSON, serial=4711),
    impostor=leaf("ca", profile.PERSON, serial=4711),
)
Sign = Callable[[Member, str], tuple[str, str]]


def house_of(database: Database, new_work: NewWork, clock: SettableClock) -> DeviceHouse:
    return DeviceHouse(database, new_work, clock, authorities=PEOPLE.certificates("root", "ca"))


def bare(member: Member, text: str) -> tuple[str, str]:
    return encode_base64url(member.signer.sign(text.encode())), member.certificate.to_pem()


def over_digest(member: Member, text: str) -> tuple[str, str]:
    return encode_base64url(member.signer.sign(statement_digest(text))), encode_base64url(member.certificate.der)


def raw_numbers(member: Member, text: str) -> tuple[str, str]:
    with Reader(member.signer.sign(text.encode())) as reader, reader.inside() as pair:
        numbers = pair.integer().to_bytes(32, "big") + pair.integer().to_bytes(32, "big")
    return encode_base64url(numbers), member.certificate.to_pem()


def signed_data(member: Member, text: str, *, detached: bool = False, content: bytes | None = None) -> tuple[str, str]:
    content = text.encode() if content is None else content
    message = cms_writer.sign(
        member.signer, member.certificate, content, dialect=GB_T_35275, content_type=oids.GM_DATA, detached=detached
    )
    return pem.encode(message, "PKCS7"), ""


WAYS: Mapping[str, Sign] = {
    "bare": bare,
    "digest": over_digest,
    "64 octets": raw_numbers,
    "signed data": signed_data,
    "detached": lambda member, text: signed_data(member, text, detached=True),
    "signed data of the digest": lambda member, text: signed_data(member, text, content=statement_digest(text)),
}


def bind(house: DeviceHouse, account: Account, member: Member, sign: Sign = bare, level: int = 3) -> str:
    challenge = house.bind_certificate.ask(account.id, BROWSER)
    answer, enclosed = sign(member, house.certificates.statement(challenge))
    return house.bind_certificate(account.id, challenge.nonce, answer, enclosed, BROWSER, Rank(level)).id


def sign_in(house: DeviceHouse, member: Member, sign: Sign = bare, account: Account | None = None) -> possession.Shown:
    challenge = house.sign_in_with_certificate.ask(None if account is None else account.id, "portal", BROWSER)
    answer, enclosed = sign(member, house.certificates.statement(challenge))
    return house.sign_in_with_certificate(challenge.nonce, answer, enclosed, BROWSER)
