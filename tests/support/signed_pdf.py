"""A small PDF signed with a detached GB/T 35275 message over its ByteRange, enough to measure and to check the form.

Standard:
    ISO 32000-1 section 12.8.1 (ByteRange); GB/T 35275-2017 (signed data).
"""

import re
from datetime import datetime

from certs import cms_verify, cms_writer, oids
from certs.cms import SignedData
from certs.sm import sm3
from tests.support.hierarchy import Member

_HOLE = 4096  # hexadecimal digits kept for the value
_RANGE = b"[0 %010d %010d %010d]"


def sign(member: Member, at: datetime, size: int = 100_000) -> bytes:
    """Return a one-page PDF of about `size` bytes with one signature field."""
    page = b"BT /F1 12 Tf 72 720 Td (synthetic) Tj ET " + b"% filling\n" * (size // 10)
    hole = b"<" + b"0" * _HOLE + b">"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]/SigFlags 3>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[5 0 R]>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[0 0 0 0]/F 132/P 3 0 R/V 6 0 R>>",
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange"
        + _RANGE % (0, 0, 0)
        + b"/Contents"
        + hole
        + b">>",
    ]
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    opening = data.index(hole)
    closing = opening + len(hole)
    data = data.replace(_RANGE % (0, 0, 0), _RANGE % (opening, closing, len(data) - closing))
    covered = data[:opening] + data[closing:]
    attributes = cms_writer.standard_attributes(oids.GM_DATA, sm3.digest(covered), at)
    message = cms_writer.sign(
        member.signer,
        member.certificate,
        covered,
        dialect=cms_writer.GB_T_35275,
        content_type=oids.GM_DATA,
        attributes=attributes,
        detached=True,
    )
    return data[:opening] + b"<" + message.hex().encode().ljust(_HOLE, b"0") + b">" + data[closing:]


def verify(data: bytes) -> None:
    """Check the value over the ByteRange, as a reader of the form does."""
    found = re.search(rb"/ByteRange\[0 (\d+) (\d+) (\d+)\]/Contents<([0-9a-f]+)>", data)
    assert found is not None
    opening, closing, rest = (int(found[number]) for number in (1, 2, 3))
    assert closing + rest == len(data)
    message = bytes.fromhex(found[4].decode())
    length = 4 + int.from_bytes(message[2:4], "big")  # long form of two octets; what follows is filling
    cms_verify.verify(SignedData.decode(message[:length]), content=data[:opening] + data[closing:])
