"""A ceremony's configuration is read whole, or refused with the key that is wrong."""

import pytest

from certs import oids
from pki.errors import CeremonyMalformed
from pki.model import ceremony
from trust.recognition.registry import Purpose

GOOD = """
[root]
subject = { C = "CN", O = "示例省", CN = "根" }
years = 20

[[authority]]
name = "seal-ca"
subject = { C = "CN", CN = "印章" }
profiles = ["seal-maker"]
shards = 4
purposes = ["seal-making"]
basis = "公告1号"

[[authority]]
name = "service-ca"
subject = { C = "CN", CN = "服务" }
profiles = ["time-stamp-authority"]

[[stamper]]
name = "tsa"
authority = "service-ca"
subject = { C = "CN", CN = "时间戳" }
"""


def test_a_configuration_is_read() -> None:
    found = ceremony.parse(GOOD)
    assert found.root.subject.get(oids.COMMON_NAME) == "根"
    assert [kind for kind, _ in found.root.subject.attributes] == [
        oids.COUNTRY,
        oids.ORGANISATION,
        oids.COMMON_NAME,
    ]
    seal_ca, service_ca = found.authorities
    assert (seal_ca.name, seal_ca.key, seal_ca.shards) == ("seal-ca", "pki/seal-ca", 4)
    assert seal_ca.proposal is not None
    assert seal_ca.proposal.purposes == {Purpose.SEAL_MAKING}
    assert service_ca.proposal is None
    assert service_ca.shards == 1
    assert found.stampers[0].authority == "service-ca"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[root]", "[rooot]", "rooot"),
        ("[root]", "[root", "TOML|Expected"),
        ("years = 20", "years = 26", "years"),
        ("years = 20", 'years = "20"', "years"),
        ("years = 20", "years = true", "years"),
        ("years = 20", "yeers = 20", "yeers"),
        ("years = 20", "years = 5", "outlive"),
        ('CN = "根"', 'XX = "根"', "XX"),
        ('C = "CN", O', 'C = "中国", O', "C cannot hold"),
        ('subject = { C = "CN", O = "示例省", CN = "根" }', "", "subject"),
        ('name = "seal-ca"', 'name = "Seal CA"', "small letters"),
        ('name = "seal-ca"', 'name = "../up"', "small letters"),
        ('name = "seal-ca"', 'name = "root"', "one name"),
        ('["seal-maker"]', '["wizard"]', "wizard"),
        ('["seal-maker"]', '["issuing-ca"]', "issuing-ca"),
        ('["seal-maker"]', "[]", "profiles"),
        ('["seal-maker"]', '["time-stamp-authority"]', "one profile"),
        ("shards = 4", "shards = 0", "shards"),
        ("shards = 4", "shards = 100000", "shards"),
        ('["seal-making"]', '["ruling"]', "ruling"),
        ('basis = "公告1号"', "", "basis"),
        ('authority = "service-ca"', 'authority = "seal-ca"', "time-stamp"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(CeremonyMalformed, match=said):
        ceremony.parse(GOOD.replace(old, new, 1))


def test_without_a_root_there_is_no_ceremony() -> None:
    with pytest.raises(CeremonyMalformed, match="root"):
        ceremony.parse("")


def test_a_configuration_of_endless_length_is_refused() -> None:
    with pytest.raises(CeremonyMalformed):
        ceremony.parse("#" * (ceremony.MAX_BYTES + 1))
