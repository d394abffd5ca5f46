"""Certificates: a signature over our words, from an authority we know, for persons, of now, and not revoked."""

from datetime import timedelta

import pytest

from certs.crl import Reason
from certs.revocation import Revoked, Status, Unknown
from idp.errors import CredentialTaken, LevelTooLow, ProofRefused
from idp.factors import possession
from idp.factors.certificate import CertificateRefused
from idp.model.account import Account, AccountKind
from idp.model.challenge import Challenge
from idp.storage.evidence import EvidenceRecords
from idp.usecases.remove_device import DeviceKind
from tests.support.certificate_people import PEOPLE, WAYS, bare, bind, house_of, sign_in, signed_data
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER, LIFE, OTHER_BROWSER, DeviceHouse
from tests.support.hierarchy import NOW, Member
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork, units_of_work
from trust.values.assurance import Rank


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> DeviceHouse:
    return house_of(database, new_work, clock)


@pytest.fixture
def small(sqlite_database: Database, clock: SettableClock) -> DeviceHouse:
    return house_of(sqlite_database, units_of_work(sqlite_database, clock, bytes(32)), clock)


def kinds(house: DeviceHouse, account: Account) -> list[str]:
    with house.database.reading() as db:
        return [one.kind for one in EvidenceRecords(db).of(account.id, house.clock.now())]


def test_a_bound_certificate_signs_its_owner_in(house: DeviceHouse) -> None:
    account, person = house.account(), PEOPLE["person"]
    name = bind(house, account, person)
    shown = sign_in(house, person)
    assert (shown.account, shown.proof.method, shown.credential) == (account.id, "certificate", name)
    assert kinds(house, account) == ["personal-certificate"]
    assert house.events(account.id) == ["certificate-bound", "certificate-shown"]
    with house.database.reading() as db:
        assert possession.enrolled(db, account.id) == {"certificate"}
        (evidence,) = EvidenceRecords(db).of(account.id, house.clock.now())
    assert evidence.expires_at == person.certificate.not_after
    assert not evidence.carries_number


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["person", "plain", "client"])
def test_signing_agents_answer_in_several_spellings(small: DeviceHouse, way: str, name: str) -> None:
    account = small.account()
    bind(small, account, PEOPLE[name], WAYS[way])
    assert sign_in(small, PEOPLE[name], WAYS[way]).account == account.id


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sealer", "purpose"),
        ("stamper", "purpose"),
        ("repudiable", "usage"),
        ("encrypting", "usage"),
        ("early", "chain"),
        ("late", "chain"),
        ("forged", "chain"),
        ("stranger", "chain"),
    ],
)
def test_a_certificate_that_does_not_count_is_neither_bound_nor_believed(
    small: DeviceHouse, name: str, why: str
) -> None:
    with pytest.raises(CertificateRefused) as refused:
        bind(small, small.account(), PEOPLE[name])
    assert refused.value.why == why
    with pytest.raises(CertificateRefused):
        sign_in(small, PEOPLE[name])


REVOKED = Revoked(NOW, Reason.KEY_COMPROMISE, 1)


@pytest.mark.parametrize("status", [REVOKED, Unknown(("no-list",)), None], ids=["revoked", "unknown", "silent"])
def test_a_certificate_of_no_good_status_is_refused(small: DeviceHouse, status: Status | None) -> None:
    account, person = small.account(), PEOPLE["person"]
    small.statuses.said = status
    with pytest.raises(CertificateRefused):
        bind(small, account, person)
    small.statuses.said = type(small.statuses)().said
    bind(small, account, person)
    small.statuses.said = status
    with pytest.raises(CertificateRefused):
        sign_in(small, person)
    assert small.events(account.id)[-1] == "certificate-refused"
    assert kinds(small, account) == ([] if status is REVOKED else ["personal-certificate"])


def test_it_expires_while_it_is_bound(small: DeviceHouse) -> None:
    person = PEOPLE["person"]
    bind(small, small.account(), person)
    small.clock.set(person.certificate.not_after + timedelta(seconds=1))
    with pytest.raises(CertificateRefused):
        sign_in(small, person)


def test_a_certificate_that_nobody_bound_signs_nobody_in(house: DeviceHouse) -> None:
    bind(house, house.account(), PEOPLE["person"])
    with pytest.raises(ProofRefused):
        sign_in(house, PEOPLE["other"])


def test_the_key_of_a_serial_number_stays_the_same(small: DeviceHouse) -> None:
    bind(small, small.account(), PEOPLE["twin"])
    with pytest.raises(ProofRefused):
        sign_in(small, PEOPLE["impostor"])


def test_a_certificate_is_bound_once(house: DeviceHouse) -> None:
    account, person = house.account(), PEOPLE["person"]
    bind(house, account, person)
    for whose in (account, house.account()):
        with pytest.raises(CredentialTaken):
            bind(house, whose, person)


def test_binding_asks_for_l3(small: DeviceHouse) -> None:
    with pytest.raises(LevelTooLow):
        bind(small, small.account(), PEOPLE["person"], level=2)


def test_stepping_up_takes_a_certificate_of_the_same_account(small: DeviceHouse) -> None:
    account = small.account()
    bind(small, account, PEOPLE["person"])
    assert sign_in(small, PEOPLE["person"], account=account).account == account.id
    with pytest.raises(ProofRefused):
        sign_in(small, PEOPLE["person"], account=small.account())


def test_a_challenge_serves_once_in_its_browser_time_and_kind(house: DeviceHouse) -> None:
    account, person = house.account(), PEOPLE["person"]
    bind(house, account, person)
    use = house.sign_in_with_certificate

    def answered(challenge: Challenge) -> tuple[str, str, str]:
        return challenge.nonce, *bare(person, house.certificates.statement(challenge))

    good = answered(use.ask(None, "portal", BROWSER))
    with pytest.raises(ProofRefused):
        use(*good, OTHER_BROWSER)
    assert use(*good, BROWSER).account == account.id
    with pytest.raises(ProofRefused):
        use(*good, BROWSER)
    late = answered(use.ask(None, "portal", BROWSER))
    house.clock.advance(LIFE)
    with pytest.raises(ProofRefused):
        use(*late, BROWSER)
    other_kind = answered(house.bind_certificate.ask(account.id, BROWSER))
    with pytest.raises(ProofRefused):
        use(*other_kind, BROWSER)
    other_account = answered(house.bind_certificate.ask(house.account().id, BROWSER))
    with pytest.raises(ProofRefused):
        house.bind_certificate(account.id, *other_account, BROWSER, Rank(3))


@pytest.mark.parametrize("line", range(4))
def test_each_of_the_words_is_signed(small: DeviceHouse, line: int) -> None:
    account, person = small.account(), PEOPLE["person"]
    bind(small, account, person)

    def altered(member: Member, text: str) -> tuple[str, str]:
        lines = text.split("\n")
        lines[line] = ("x" * 43, "https://evil.example", "other-portal", "2026-03-01T08:00:01Z")[line]
        return bare(member, "\n".join(lines))

    with pytest.raises(ProofRefused):
        sign_in(small, person, altered)


def test_the_words_say_who_asks_for_whom_and_when(small: DeviceHouse) -> None:
    challenge = small.sign_in_with_certificate.ask(None, "portal", BROWSER)
    said = small.certificates.statement(challenge).split("\n")
    assert said == [challenge.nonce, "https://id.example.gov.cn", "portal", "2026-03-01T08:00:00Z"]


def test_another_certificate_beside_a_signature_does_not_help(small: DeviceHouse) -> None:
    bind(small, small.account(), PEOPLE["person"])
    with pytest.raises(ProofRefused):
        sign_in(small, PEOPLE["other"], lambda m, t: (bare(m, t)[0], PEOPLE["person"].certificate.to_pem()))
    with pytest.raises(ProofRefused):
        sign_in(small, PEOPLE["person"], lambda m, t: signed_data(m, t, content=b"other words"))


@pytest.mark.parametrize(
    ("answer", "enclosed"),
    [("", ""), ("AAAA", ""), ("é", ""), ("A" * 70_000, ""), ("AAAA", "AAAA"), ("-----BEGIN PKCS7-----", ""), ("MAA=", "")],
)  # fmt: skip
def test_rubbish_is_refused(small: DeviceHouse, answer: str, enclosed: str) -> None:
    challenge = small.sign_in_with_certificate.ask(None, "", BROWSER)
    with pytest.raises(ProofRefused):
        small.sign_in_with_certificate(challenge.nonce, answer, enclosed, BROWSER)


def test_removing_the_last_certificate_ends_what_it_proved(small: DeviceHouse) -> None:
    account = small.account(AccountKind.STAFF)
    first, second = bind(small, account, PEOPLE["person"]), bind(small, account, PEOPLE["other"])
    assert kinds(small, account) == ["staff-certificate"]
    small.remove_device(account.id, DeviceKind.CERTIFICATE, second, "person x")
    with small.database.reading() as db:
        assert [one.txn for one in EvidenceRecords(db).of(account.id, small.clock.now())] == [first]
    small.remove_device(account.id, DeviceKind.CERTIFICATE, first, "person x")
    assert kinds(small, account) == []
    with pytest.raises(ProofRefused):
        sign_in(small, PEOPLE["person"])
