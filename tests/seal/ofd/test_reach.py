"""The closure of what a reader shows."""

import pytest

from seal.ofd.package import open_package
from seal.ofd.reach import reach
from tests.support.ofd import HEAD, NS, document, members, zipped
from tests.support.shared import sample


def test_every_class_of_member_is_reached() -> None:
    found = reach(open_package(document(2)))
    assert set(found.shown) == set(members(2)) - {"/OFD.xml"}
    assert found.missing == ()
    assert found.unreadable == ()


@pytest.mark.parametrize("name", ["conf-6.2.003-relative-paths", "conf-6.2.004_2-space-in-path", "doc1-root", "fptpl"])
def test_every_member_of_an_unsigned_sample_is_reached(name: str) -> None:
    package = open_package(sample(f"ofd/{name}.ofd"))
    assert set(package) - set(reach(package).shown) == {"/OFD.xml"}
    assert reach(package).missing == ()


def test_a_member_that_nothing_names_is_not_shown() -> None:
    package = open_package(document(1, {"/Doc_0/Res/extra.png": b"x", "/Evidence/bundle.cbor": b"x"}))
    assert "/Doc_0/Res/extra.png" not in reach(package).shown
    assert "/Evidence/bundle.cbor" not in reach(package).shown


def test_a_second_document_and_other_versions_are_shown() -> None:
    made = members()
    made["/OFD.xml"] = made["/OFD.xml"].replace(
        b"</ofd:DocBody>",
        b'<ofd:Versions><ofd:Version ID="1" Index="1" BaseLoc="Doc_0/V/1.xml"/></ofd:Versions></ofd:DocBody>'
        b"<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody>",
    )
    made["/Doc_1/Document.xml"] = (
        f'{HEAD}<ofd:Document xmlns:ofd="{NS}"><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>'
    ).encode()
    made["/Doc_1/P.xml"] = f'{HEAD}<ofd:Page xmlns:ofd="{NS}"/>'.encode()
    made["/Doc_0/V/1.xml"] = (
        f'{HEAD}<ofd:DocVersion xmlns:ofd="{NS}" ID="1"><ofd:FileList><ofd:File ID="1">/Doc_0/old.xml</ofd:File>'
        "</ofd:FileList><ofd:DocRoot>/Doc_0/OldDocument.xml</ofd:DocRoot></ofd:DocVersion>"
    ).encode()
    made["/Doc_0/old.xml"] = made["/Doc_0/OldDocument.xml"] = made["/Doc_0/Document.xml"]
    shown = set(reach(open_package(zipped(made))).shown)
    assert {"/Doc_1/P.xml", "/Doc_0/V/1.xml", "/Doc_0/old.xml", "/Doc_0/OldDocument.xml"} <= shown


def test_an_element_in_a_foreign_namespace_is_followed_all_the_same() -> None:
    hidden = b'<x:Page xmlns:x="urn:x" ID="9" BaseLoc="hidden.xml"/></ofd:Pages>'
    made = members()
    made["/Doc_0/Document.xml"] = made["/Doc_0/Document.xml"].replace(b"</ofd:Pages>", hidden)
    made["/Doc_0/hidden.xml"] = b"<Page/>"
    assert "/Doc_0/hidden.xml" in reach(open_package(zipped(made))).shown


def test_a_page_resource_is_followed_and_a_loop_ends() -> None:
    page = f'{HEAD}<ofd:Page xmlns:ofd="{NS}"><ofd:PageRes>PageRes.xml</ofd:PageRes></ofd:Page>'
    resource = f'{HEAD}<ofd:Res xmlns:ofd="{NS}" BaseLoc="."><ofd:MediaFile>PageRes.xml</ofd:MediaFile></ofd:Res>'
    changes: dict[str, bytes | None] = {
        "/Doc_0/Pages/Page_0/Content.xml": page.encode(),
        "/Doc_0/Pages/Page_0/PageRes.xml": resource.encode(),
    }
    assert "/Doc_0/Pages/Page_0/PageRes.xml" in reach(open_package(document(1, changes))).shown


def test_what_leads_nowhere_and_what_cannot_be_read_is_told() -> None:
    package = open_package(document(1, {"/Doc_0/Res/logo.png": None, "/Doc_0/PublicRes.xml": b"<ofd:FontFile"}))
    found = reach(package)
    assert found.missing == ("logo.png",)
    assert found.unreadable == ("/Doc_0/PublicRes.xml",)


def test_a_package_without_an_entry_shows_nothing() -> None:
    assert reach(open_package(zipped({"a": b"b"}))).shown == ()
