"""Registries are adopted in order or not at all."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certs.sm import sm3
from tests.support.registries import (
    AT,
    BEGIN,
    OTHER_BODY,
    Region,
    authority,
    entitlement,
    granted,
    issuer,
    listed_certificate,
    root,
)
from trust.errors import TrustError
from trust.recognition import jws, registry_file, registry_json, strict_json
from trust.recognition.errors import (
    RegistryExpired,
    RegistryForeign,
    RegistryForked,
    RegistryHistoryRewritten,
    RegistryKeyUnknown,
    RegistryMalformed,
    RegistryNotYetIssued,
    RegistryRolledBack,
    RegistrySignatureWrong,
    RegistryTooLarge,
)
from trust.recognition.registry import Purpose, Standing, Status
from trust.recognition.trusted_set import GRACE, SKEW, TrustedSet

GUANGDONG, ZHEJIANG, STATE = Region("440000"), Region("330000"), Region("100000")
PINNED = root(GUANGDONG, ZHEJIANG, STATE)
CA = listed_certificate("示例印章CA")
ENTRY = authority("seal", CA, Purpose.SEAL_SIGNING)
FIRST = GUANGDONG.first(ENTRY, issuer(entitlement()))


def _known() -> TrustedSet:
    return TrustedSet.load(PINNED).update(FIRST, AT)


def test_a_signed_registry_is_adopted() -> None:
    known = _known()
    assert known.adopted[GUANGDONG.area].registry.version == 1
    assert known.adopted[GUANGDONG.area].digest == sm3.digest(FIRST)
    assert known.anchors(AT).certificates(Purpose.SEAL_SIGNING, AT) == (CA,)
    assert TrustedSet.load(PINNED).anchors(AT).registries == ()


def test_the_same_file_again_changes_nothing() -> None:
    known = _known()
    assert known.update(FIRST, AT) is known


def test_a_next_version_takes_over() -> None:
    suspended = replace(ENTRY, standings=(*ENTRY.standings, Standing(Status.SUSPENDED, AT)))
    ended = issuer(entitlement(end=AT))
    second = GUANGDONG.next(FIRST, 2, suspended, ended, issuer(name="new", body=OTHER_BODY))
    anchors = _known().update(second, AT).anchors(AT)
    assert [each.version for each in anchors.registries] == [2]
    assert anchors.certificates(Purpose.SEAL_SIGNING, AT) == ()
    assert anchors.certificates(Purpose.SEAL_SIGNING, AT - timedelta(seconds=1)) == (CA,)


def test_versions_may_be_skipped_but_never_taken_back() -> None:
    third = GUANGDONG.next(b"a version nobody here saw", 3, ENTRY, issuer(entitlement()))
    known = _known().update(third, AT)
    with pytest.raises(RegistryRolledBack):
        known.update(FIRST, AT)
    with pytest.raises(RegistryForked):
        known.update(GUANGDONG.next(b"another", 3, ENTRY, issuer(entitlement())), AT)
    with pytest.raises(RegistryForked):
        known.update(GUANGDONG.next(FIRST, 4, ENTRY, issuer(entitlement())), AT)
    earlier = {"issued_at": AT - timedelta(days=1), "next_update": AT + timedelta(days=8)}
    with pytest.raises(RegistryRolledBack):
        known.update(GUANGDONG.next(third, 4, ENTRY, issuer(entitlement()), **earlier), AT)


@pytest.mark.parametrize(
    ("entries", "what"),
    [
        ((issuer(entitlement()),), "ca.seal is gone"),
        ((authority("seal", listed_certificate("x"), Purpose.SEAL_SIGNING), issuer(entitlement())), "somebody else"),
        ((ENTRY, issuer(entitlement(), body=OTHER_BODY)), "somebody else"),
        ((replace(ENTRY, standings=granted(BEGIN + timedelta(days=1))), issuer(entitlement())), "another past"),
        ((ENTRY, issuer(entitlement(start=BEGIN + timedelta(days=1)))), "never entitled"),
        ((ENTRY, issuer()), "never entitled"),
    ],
)
def test_what_was_said_stays_said(entries: tuple[Any, ...], what: str) -> None:
    with pytest.raises(RegistryHistoryRewritten, match=what):
        _known().update(GUANGDONG.next(FIRST, 2, *entries), AT)


def test_a_registry_counts_until_a_day_after_its_next_update() -> None:
    over = AT + timedelta(days=7) + GRACE
    known = TrustedSet.load(PINNED).update(FIRST, over)
    assert known.anchors(over).registries
    assert not known.anchors(over + timedelta(seconds=1)).registries
    with pytest.raises(RegistryExpired):
        TrustedSet.load(PINNED).update(FIRST, over + timedelta(seconds=1))


def test_a_registry_of_tomorrow_judges_the_past_and_not_the_present() -> None:
    past = AT - timedelta(days=30)
    with pytest.raises(RegistryNotYetIssued):
        TrustedSet.load(PINNED).update(FIRST, past)
    assert TrustedSet.load(PINNED).update(FIRST, AT - SKEW).adopted
    assert TrustedSet.load(PINNED).update(FIRST, past, read_at=AT).anchors(past).registries


def test_a_key_signs_for_its_own_region_alone() -> None:
    own_key = Region("440000", ZHEJIANG.signer)
    forged = registry_file.sign(own_key.registry([ENTRY]), ZHEJIANG.kid, ZHEJIANG.signer)
    with pytest.raises(RegistryForeign):
        TrustedSet.load(PINNED).update(forged, AT)
    with pytest.raises(RegistrySignatureWrong):
        TrustedSet.load(PINNED).update(own_key.first(ENTRY), AT)  # under the other region's key name


def test_a_key_that_is_not_pinned_is_not_heard() -> None:
    with pytest.raises(RegistryKeyUnknown):
        TrustedSet.load(root(ZHEJIANG)).update(FIRST, AT)


def test_a_root_key_on_p_256_signs_es256() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    from certs.keys import PrivateKey
    from certs.signer import SoftwareSigner

    foreign = Region("440000", SoftwareSigner(PrivateKey(ec.generate_private_key(ec.SECP256R1()))))
    adopted = TrustedSet.load(root(foreign)).update(foreign.first(ENTRY), AT)
    assert adopted.anchors(AT).registries
    assert registry_file.read_file(foreign.first(ENTRY)).signed.alg == "ES256"


def _with_header(**changes: Any) -> bytes:
    payload = registry_json.encode(GUANGDONG.registry([ENTRY]))
    header = {"alg": "SM2-SM3", "kid": GUANGDONG.kid, "typ": registry_file.TYPE, **changes}
    header = {name: value for name, value in header.items() if value is not None}
    protected = _b64(strict_json.encode(header))
    signed = f"{protected}.{_b64(payload)}".encode()
    der = GUANGDONG.signer.sign(signed)
    raw = jws.decode(FIRST, RegistryMalformed).signature if der == b"" else _raw(der)
    return strict_json.encode({"payload": _b64(payload), "protected": protected, "signature": _b64(raw)})


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _raw(der: bytes) -> bytes:
    from certs.sm.sm2 import decode_signature

    r, s = decode_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def test_the_header_chooses_nothing() -> None:
    assert TrustedSet.load(PINNED).update(_with_header(), AT).adopted
    for changes in ({"alg": "ES256"}, {"alg": "none"}, {"typ": "JWT"}, {"typ": "recognition-registry.v2+json"}):
        with pytest.raises(RegistrySignatureWrong):
            TrustedSet.load(PINNED).update(_with_header(**changes), AT)
    for strange in (
        {"crit": ["exp"]},
        {"jwk": {"kty": "EC"}},
        {"x5c": ["AAAA"]},
        {"b64": False},
        {"kid": None},
        {"typ": None},
        {"alg": 1},
    ):
        with pytest.raises(RegistryMalformed):
            TrustedSet.load(PINNED).update(_with_header(**strange), AT)


def test_every_flipped_bit_of_the_file_is_noticed() -> None:
    clean = TrustedSet.load(PINNED)
    small = GUANGDONG.first()
    for position in range(len(small)):
        flipped = bytearray(small)
        flipped[position] ^= 1 << position % 8
        with pytest.raises(TrustError):
            clean.update(bytes(flipped), AT)


def test_other_spellings_of_the_file_are_refused() -> None:
    outer = json.loads(FIRST)
    clean = TrustedSet.load(PINNED)
    for spelling in (
        json.dumps(outer).encode(),
        FIRST + b"\n",
        FIRST.replace(b'"signature"', b'"header":{},"signature"'),
        json.dumps({**outer, "payload": outer["payload"] + "="}, separators=(",", ":"), sort_keys=True).encode(),
        strict_json.encode({**outer, "signature": outer["signature"][:-2] + "AA"}),
        b"",
    ):
        with pytest.raises((RegistryMalformed, RegistrySignatureWrong)):
            clean.update(spelling, AT)


def test_a_file_beyond_the_limit_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_file, "MAX_FILE_BYTES", 100)
    with pytest.raises(RegistryTooLarge):
        TrustedSet.load(PINNED).update(FIRST, AT)
