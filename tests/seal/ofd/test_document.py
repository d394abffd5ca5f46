"""Documents: pages, boxes, custom data, tags, versions."""

import pytest

from seal.ofd.document import page_box, read_bodies, read_document
from seal.ofd.errors import DocumentMalformed
from seal.ofd.package import open_package
from tests.support.ofd import HEAD, NS, document, members, zipped
from tests.support.shared import sample

PAGES = {
    "DigitalSign": 1,
    "V4RideRight": 5,
    "alpha-text": 1,
    "attachment-relative-path": 1,
    "cgtransform": 4,
    "chinese-dir": 1,
    "conf-6.1.005-late-entries": 2,
    "conf-6.2.003-relative-paths": 2,
    "conf-6.2.004_2-space-in-path": 2,
    "doc1-root": 11,
    "fake-stamp-annotation": 1,
    "fptpl": 1,
    "gen_13_riding_seal": 6,
    "gov-document-customtags": 11,
    "h": 5,
    "hello-integrity": 2,
    "image-seal": 1,
    "image-signs": 1,
    "invoice-sample-tampered": 1,
    "koal-output": 2,
    "koal-test": 1,
    "licence-exploration": 2,
    "multi-textcode": 1,
    "namespace-old": 1,
    "ofd-a": 1,
    "pageblock": 1,
    "v1-hnca-za-digests": 8,
    "v1-kinggrid": 1,
    "v4signed": 1,
    "watermark-annot": 6,
    "wps-unsigned": 8,
}


@pytest.mark.parametrize(("name", "pages"), PAGES.items())
def test_every_sample_has_its_pages(name: str, pages: int) -> None:
    package = open_package(sample(f"ofd/{name}.ofd"))
    found = read_document(package)
    assert len(found.pages) == pages
    assert all(page.path is not None for page in found.pages)
    assert all(page_box(package, found, page).has_area for page in found.pages)


def test_custom_data_and_tags_are_read() -> None:
    package = open_package(document())
    found = read_document(package)
    assert found.body.custom_data == (("证照名称", "合成证照"),)
    assert [(tag.type_id, tag.path) for tag in found.tags] == [("licence", "/Doc_0/Tags/Tag_0.xml")]
    assert found.max_unit_id == 900


def test_the_old_namespace_is_a_remark() -> None:
    assert read_document(open_package(sample("ofd/namespace-old.ofd"))).remarks == {"old-namespace"}


def test_a_page_takes_its_own_box_then_its_templates_then_the_documents() -> None:
    template = f'{HEAD}<ofd:Page xmlns:ofd="{NS}"><ofd:Area><ofd:PhysicalBox>0 0 100 50</ofd:PhysicalBox></ofd:Area></ofd:Page>'
    own = (
        f'{HEAD}<ofd:Page xmlns:ofd="{NS}"><ofd:Template TemplateID="800"/><ofd:Area><ofd:PhysicalBox>0 0 60  40'
        "</ofd:PhysicalBox></ofd:Area></ofd:Page>"
    )
    plain = f'{HEAD}<ofd:Page xmlns:ofd="{NS}"/>'
    package = open_package(
        document(
            3,
            {
                "/Doc_0/Tpls/Tpl_0/Content.xml": template.encode(),
                "/Doc_0/Pages/Page_1/Content.xml": own.encode(),
                "/Doc_0/Pages/Page_2/Content.xml": plain.encode(),
            },
        )
    )
    found = read_document(package)
    assert [str(page_box(package, found, page)) for page in found.pages] == ["0 0 100 50", "0 0 60 40", "0 0 210 297"]


def test_the_version_marked_current_is_the_one_that_opens() -> None:
    made = members()
    made["/OFD.xml"] = made["/OFD.xml"].replace(
        b"</ofd:DocRoot>",
        b'</ofd:DocRoot><ofd:Versions><ofd:Version ID="v1" Index="1" Current="true" BaseLoc="Doc_0/V/1.xml"/>'
        b"</ofd:Versions>",
    )
    made["/Doc_0/V/1.xml"] = (
        f'{HEAD}<ofd:DocVersion xmlns:ofd="{NS}" ID="v1"><ofd:FileList/><ofd:DocRoot>../Other.xml</ofd:DocRoot>'
        "</ofd:DocVersion>"
    ).encode()
    made["/Doc_0/Other.xml"] = made["/Doc_0/Document.xml"]
    assert read_document(open_package(zipped(made))).body.root == "/Doc_0/Other.xml"


def test_a_signature_list_that_is_named_but_missing_is_told() -> None:
    (body,) = read_bodies(open_package(sample("ofd/fptpl.ofd")))
    assert body.signature_list == "/Doc_0/Signs/Signatures.xml"
    assert body.signature_list_path is None


@pytest.mark.parametrize(
    "changes",
    [
        {"/OFD.xml": None},
        {"/Doc_0/Document.xml": None},
        {"/OFD.xml": b"<OFD/>"},
        {"/OFD.xml": b"<OFD"},
        {"/Doc_0/Document.xml": b"<other/>"},
    ],
)
def test_what_is_no_document_says_so(changes: dict[str, bytes | None]) -> None:
    with pytest.raises(DocumentMalformed):
        read_document(open_package(document(1, changes)))


def test_page_ids_compare_as_numbers_and_must_be_single() -> None:
    found = read_document(open_package(document(2)))
    page = found.page("002")
    assert page is not None
    assert page.number == 2
    assert found.page("3") is None
    assert found.page("") is None
