"""A home's own authority and lists decide whose certificates sign in, at once after a revocation."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from certs.certificate import Certificate
from certs.crl import Reason
from idp.device_parts import DeviceParts
from idp.factors import possession
from idp.factors.certificate import CertificateRefused
from idp.model.account import Person
from idp.settings_devices import DevicesSection
from idp.storage.accounts import Accounts
from idp.web import device_routes
from pki.api import RevokeOrder
from pki.parts import Parts
from tests.support import authority
from tests.support.clock import SettableClock
from tests.support.device_pages import SmallDoor
from tests.support.devices import BROWSER, VAULT, DeviceHouse, ToldNotices
from tests.support.hierarchy import Hierarchy, declare
from tests.support.hierarchy import authority as declared_authority
from trust.plugin import Floor
from trust.publishing import publisher
from trust.recognition.jwk import encode_base64url
from trust.settings import SettingsMalformed
from trust.storage.database import Database
from trust.values.assurance import Rank
from trust.values.principal import Principal


@pytest.fixture
def floor(sqlite_database: Database, clock: SettableClock, tmp_path: Path) -> Floor:
    made = authority.floor(sqlite_database, clock, tmp_path)
    return replace(made, settings=replace(made.settings, region="440000"))


@pytest.fixture
def made(sqlite_database: Database, clock: SettableClock, tmp_path: Path) -> Parts:
    return authority.authority(sqlite_database, clock, tmp_path)


def parts_of(floor: Floor) -> DeviceParts:
    return DeviceParts.of(floor, VAULT, possession.enrolled, ToldNotices())


def signed_in(parts: DeviceParts, certificate: Certificate, name: str) -> str:
    use = parts.sign_in_with_certificate
    challenge = use.ask(None, "", BROWSER)
    signature = authority.holder(name).sign(parts.certificates.statement(challenge).encode())
    return use(challenge.nonce, encode_base64url(signature), certificate.to_pem(), BROWSER).account


def bound(parts: DeviceParts, floor: Floor, certificate: Certificate, name: str) -> str:
    with floor.new_work() as work:
        account = Accounts(work.db, VAULT).add(Person(), floor.clock.now()).id
    challenge = parts.bind_certificate.ask(account, BROWSER)
    signature = authority.holder(name).sign(parts.certificates.statement(challenge).encode())
    parts.bind_certificate(
        account, challenge.nonce, encode_base64url(signature), certificate.to_pem(), BROWSER, Rank(3)
    )
    return account


def test_our_own_authority_certifies_persons_until_it_revokes(floor: Floor, made: Parts, clock: SettableClock) -> None:
    certificate = made.authority.issue(authority.order("甲", "person"), authority.BY).certificate
    authority.publish_all(made)
    parts = parts_of(floor)
    with pytest.raises(CertificateRefused):
        bound(parts, floor, certificate, "甲")  # no registry recognises the authority yet
    publisher(floor)(Principal.service("test"))
    account = bound(parts, floor, certificate, "甲")
    assert signed_in(parts, certificate, "甲") == account

    clock.advance(timedelta(minutes=1))
    made.authority.revoke(RevokeOrder(certificate, Reason.KEY_COMPROMISE), authority.BY)
    assert made.publish.refresh("seal-ca", certificate.serial % 2, str(authority.BY)) is None
    with pytest.raises(CertificateRefused) as refused:
        signed_in(parts, certificate, "甲")
    assert refused.value.revoked


def test_lists_that_ran_out_answer_for_nobody(floor: Floor, made: Parts, clock: SettableClock) -> None:
    certificate = made.authority.issue(authority.order("甲", "person"), authority.BY).certificate
    authority.publish_all(made)
    publisher(floor)(Principal.service("test"))
    parts = parts_of(floor)
    bound(parts, floor, certificate, "甲")
    clock.advance(timedelta(days=7, hours=12))  # a registry that is late still counts for a day
    with pytest.raises(CertificateRefused):
        signed_in(parts, certificate, "甲")


def test_a_certificate_for_seals_signs_nobody_in(floor: Floor, made: Parts) -> None:
    certificate = made.authority.issue(authority.order("乙", "seal-maker"), authority.BY).certificate
    authority.publish_all(made)
    publisher(floor)(Principal.service("test"))
    with pytest.raises(CertificateRefused):
        bound(parts_of(floor), floor, certificate, "乙")


def test_an_operator_names_further_authorities(floor: Floor, tmp_path: Path) -> None:
    people: Hierarchy = declare(root=declared_authority())
    path = tmp_path / "authorities.pem"
    path.write_text(people["root"].certificate.to_pem())
    named = replace(floor.settings, services={"idp": {"devices": {"certificate_authorities_file": str(path)}}})
    parts = parts_of(replace(floor, settings=named))
    assert people["root"].certificate in parts.certificates.authorities(floor.clock.now())


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 61},
        {"challenge_seconds": 29},
        {"challenge_seconds": 601},
        {"qr_seconds": 9},
        {"qr_seconds": 91},
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsMalformed):
        replace(DevicesSection(), **wrong).checked()  # type: ignore[arg-type]


def test_files_that_hold_no_certificates_are_refused(tmp_path: Path) -> None:
    (tmp_path / "wrong.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    for name in ("missing.pem", "wrong.pem"):
        with pytest.raises(SettingsMalformed):
            DevicesSection(attestation_roots_file=tmp_path / name).attestation_roots()


def test_the_room_brings_its_routes(floor: Floor) -> None:
    house = DeviceHouse(floor.database, floor.new_work, SettableClock())
    routes = device_routes.routes(SmallDoor(house), parts_of(floor), lambda name: name)
    paths = {getattr(one, "path", None) or getattr(one, "prefix", "") for one in routes}
    assert {"/idp/passkey", "/idp/certificate", "/idp/qr", "/idp/account/devices", "/api/idp"} <= paths
