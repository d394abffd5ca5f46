"""Twenty thousand mutations of certificates, lists, requests and names each: only errors of ours, nothing verifies."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from certs import certificate, crl, name, oids, request, validation
from certs.crl import Covers, Reason, Revocation
from certs.errors import CertsError
from certs.name import Name
from tests.support.hierarchy import NOW, crl_url, province, signer
from tests.support.mutation import mutate, mutate_inside

MUTATIONS = 20_000
GOOD = province()
CA = GOOD["seal_ca"].certificate
REQUEST = request.build(name.build([(oids.COMMON_NAME, "请求")]), signer("请求")).der
LIST = GOOD.crl(
    "seal_ca",
    [
        Revocation(GOOD["maker"].certificate.serial, NOW, Reason.KEY_COMPROMISE),
        Revocation(5, NOW, Reason.SUPERSEDED, NOW),
    ],
    url=crl_url("seal_ca"),
    covers=Covers.USERS,
    expired_since=NOW - timedelta(days=100),
).der


def look_at_certificate(data: bytes) -> None:
    found = certificate.read(data)
    _ = (found.remarks, found.broken, found.crl_urls, found.ocsp_urls, found.issuer_urls, found.alternative_names)
    _ = (found.name_constraints, found.key_period, found.is_authority, repr(found))
    if found.tbs != GOOD["maker"].certificate.tbs:
        with pytest.raises(CertsError):
            validation.validate(found, (CA,), (CA,), NOW)


def look_at_list(data: bytes) -> None:
    found = crl.read(data)
    _ = (found.find(5), found.find(GOOD["maker"].certificate.serial), list(found), found.number, found.scope)


def look_at_request(data: bytes) -> None:
    found = request.read(data)
    _ = (str(found.subject), found.extensions, found.public_key)


def look_at_name(data: bytes) -> None:
    found = Name(data)
    _ = (str(found), found.rdns, found.remarks)


@pytest.mark.parametrize(
    ("look", "data"),
    [
        (look_at_certificate, GOOD["maker"].certificate.der),
        (look_at_list, LIST),
        (look_at_request, REQUEST),
        (look_at_name, GOOD["sealer"].certificate.subject.der),
    ],
    ids=["certificate", "list", "request", "name"],
)
def test_mutations_give_typed_errors_only(look: Callable[[bytes], None], data: bytes) -> None:
    chance = random.Random(20_260_301)
    look(data)
    refused = 0
    for number in range(MUTATIONS):
        try:
            look((mutate_inside if number % 2 else mutate)(data, chance))
        except CertsError:
            refused += 1
    assert refused > MUTATIONS // 4


def test_no_single_flipped_bit_leaves_a_certificate_that_validates() -> None:
    """B3, all bits: what is outside the signature is the signature itself and its frame."""
    data = GOOD["maker"].certificate.der
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CertsError):
            validation.validate(certificate.read(bytes(flipped)), (CA,), (CA,), NOW, strict=True)
