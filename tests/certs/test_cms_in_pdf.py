"""A detached GB/T 35275 message signs a PDF as the form `pkcs7-sm2` has it."""

from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from certs.errors import InvalidSignature
from tests.support import signed_pdf
from tests.support.hierarchy import NOW, province


def test_a_pdf_is_signed_and_a_changed_one_is_noticed() -> None:
    signed = signed_pdf.sign(province()["person"], NOW, 2000)
    signed_pdf.verify(signed)
    assert [name for name, *_ in enumerate_sig_fields(PdfFileReader(BytesIO(signed)))] == ["s"]
    with pytest.raises(InvalidSignature):
        signed_pdf.verify(signed.replace(b"(synthetic)", b"(Synthetic)"))
