"""Write signature lists and signature files by hand, sane ones and hostile ones; the values are not signed."""

import base64
from collections.abc import Mapping, Sequence

from certs.sm import sm3
from tests.support.ofd import HEAD, NS, members, zipped

LIST = "/Doc_0/Signs/Signatures.xml"
SIGNATURE = "/Doc_0/Signs/Sign_0/Signature.xml"
VALUE = "/Doc_0/Signs/Sign_0/SignedValue.dat"
SEAL = "/Doc_0/Signs/Sign_0/Seal.esl"


def reference(path: str, data: bytes) -> str:
    """Return a Reference with the SM3 of the data."""
    value = base64.b64encode(sm3.digest(data)).decode()
    return f'<ofd:Reference FileRef="{path}"><ofd:CheckValue>{value}</ofd:CheckValue></ofd:Reference>'


def signature(
    references: str, *, method: str = "1.2.156.10197.1.401", after: str = "", stamp: str | None = None
) -> str:
    """Return a Signature.xml with these references."""
    where = '<ofd:StampAnnot ID="2" PageRef="1" Boundary="140 220 40 40"/>' if stamp is None else stamp
    return (
        f'{HEAD}<ofd:Signature xmlns:ofd="{NS}"><ofd:SignedInfo><ofd:Provider ProviderName="synthetic"/>'
        f"<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>"
        f"<ofd:SignatureDateTime>20260101120000Z</ofd:SignatureDateTime>"
        f'<ofd:References CheckMethod="{method}">{references}</ofd:References>{where}'
        f"<ofd:Seal><ofd:BaseLoc>{SEAL}</ofd:BaseLoc></ofd:Seal>{after}</ofd:SignedInfo>"
        f"<ofd:SignedValue>{VALUE}</ofd:SignedValue></ofd:Signature>"
    )


def signature_list(*entries: str) -> bytes:
    """Return a Signatures.xml; without entries it names the usual one."""
    listed = "".join(entries) or f'<ofd:Signature ID="1" Type="Seal" BaseLoc="{SIGNATURE}"/>'
    return f'{HEAD}<ofd:Signatures xmlns:ofd="{NS}"><ofd:MaxSignId>2</ofd:MaxSignId>{listed}</ofd:Signatures>'.encode()


def signed_members(
    *,
    leave_out: Sequence[str] = (),
    xml: str | None = None,
    entries: Sequence[str] = (),
    changes: Mapping[str, bytes | None] | None = None,
    pages: int = 1,
) -> dict[str, bytes]:
    """Return the members of a synthetic document whose signature covers all of it, apart from the changes asked for."""
    made = members(pages)
    made["/OFD.xml"] = made["/OFD.xml"].replace(
        b"</ofd:DocRoot>", f"</ofd:DocRoot><ofd:Signatures>{LIST}</ofd:Signatures>".encode()
    )
    made[SEAL] = b"a synthetic seal"
    listed = "".join(reference(path, data) for path, data in made.items() if path not in leave_out)
    made[SIGNATURE] = (signature(listed) if xml is None else xml).encode()
    made[LIST] = signature_list(*entries)
    made[VALUE] = b"a synthetic value"
    for path, data in (changes or {}).items():
        if data is None:
            del made[path]
        else:
            made[path] = data
    return made


def signed_document(**wishes: object) -> bytes:
    """Return the same as a file."""
    return zipped(signed_members(**wishes))  # type: ignore[arg-type]
