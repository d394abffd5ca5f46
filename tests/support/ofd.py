"""Build small OFD packages and ZIP archives by hand, sane ones and hostile ones."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NS = "http://www.ofdspec.org/2016"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass
class Raw:
    """One ZIP entry whose every claim can be made to lie; None means: tell the truth."""

    name: bytes
    data: bytes = b""
    method: int = 8
    flags: int = 0
    packed: bytes | None = None
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    local_name: bytes | None = None
    local_flags: int | None = None
    local_method: int | None = None
    local_crc: int | None = None
    local_size: int | None = None
    local_packed_size: int | None = None
    local_extra: bytes = b""
    extra: bytes = b""
    descriptor: bytes = b""
    made_by: int = 20
    attributes: int = 0
    disk: int = 0
    before: bytes = b""
    offset: int | None = None
    comment: bytes = b""


def deflate(data: bytes, level: int = 6) -> bytes:
    """Deflate without any wrapping, as ZIP wants it."""
    squeezer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return squeezer.compress(data) + squeezer.flush()


def _or(stated: int | None, truth: int) -> int:
    return truth if stated is None else stated


def archive(
    entries: Sequence[Raw],
    *,
    prefix: bytes = b"",
    gap: bytes = b"",
    tail: bytes = b"",
    comment: bytes = b"",
    count: int | None = None,
    shift: int = 0,
) -> bytes:
    """Write entries, the directory and its end record, lies included."""
    body, directory = bytearray(prefix), bytearray()
    for one in entries:
        packed = one.packed if one.packed is not None else (deflate(one.data) if one.method == 8 else one.data)
        crc = _or(one.crc, zlib.crc32(one.data))
        size = _or(one.size, len(one.data))
        packed_size = _or(one.packed_size, len(packed))
        body += one.before
        offset = _or(one.offset, len(body) + shift)
        local_name = one.name if one.local_name is None else one.local_name
        body += struct.pack(
            "<4s5H3I2H",
            b"PK\3\4",
            20,
            _or(one.local_flags, one.flags),
            _or(one.local_method, one.method),
            0,
            0x21,
            _or(one.local_crc, crc),
            _or(one.local_packed_size, packed_size),
            _or(one.local_size, size),
            len(local_name),
            len(one.local_extra),
        )
        body += local_name + one.local_extra + packed + one.descriptor
        directory += struct.pack(
            "<4s6H3I5H2I",
            b"PK\1\2",
            one.made_by,
            20,
            one.flags,
            one.method,
            0,
            0x21,
            crc,
            packed_size,
            size,
            len(one.name),
            len(one.extra),
            len(one.comment),
            one.disk,
            0,
            one.attributes,
            offset,
        )
        directory += one.name + one.extra + one.comment
    body += gap
    start = len(body) + shift
    total = len(entries) if count is None else count
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, total, total, len(directory), start, len(comment))
    return bytes(body + directory + end + comment + tail)


def zipped(members: Mapping[str, bytes], method: int = 8) -> bytes:
    """Write a sane archive of these members (paths with or without a leading slash)."""
    return archive(
        [
            Raw(name.lstrip("/").encode(), data, method, flags=0 if name.isascii() else 0x800)
            for name, data in members.items()
        ]
    )


def page(text: str = "合成文本", extra: str = "", number: int = 1) -> str:
    """Return a page's XML with one line of text."""
    return (
        f'{HEAD}<ofd:Page xmlns:ofd="{NS}">{extra}<ofd:Content><ofd:Layer ID="{number * 10}">'
        f'<ofd:TextObject ID="{number * 10 + 1}" Boundary="20 20 100 10" Font="3" Size="5">'
        f'<ofd:TextCode X="0" Y="5">{text}</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>'
    )


def members(pages: int = 1, *, area: str = "0 0 210 297", common: str = "", after: str = "") -> dict[str, bytes]:
    """Return the members of a small synthetic document: a template, resources with a picture, an attachment, a tag."""
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n - 1}/Content.xml"/>' for n in range(1, pages + 1))
    made: dict[str, str | bytes] = {
        "/OFD.xml": f'{HEAD}<ofd:OFD xmlns:ofd="{NS}" Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:DocID>00000000000000000000000000000001</ofd:DocID><ofd:CustomDatas>"
        f'<ofd:CustomData Name="证照名称">合成证照</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo>'
        f"<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "/Doc_0/Document.xml": f'{HEAD}<ofd:Document xmlns:ofd="{NS}"><ofd:CommonData><ofd:MaxUnitID>900</ofd:MaxUnitID>'
        f"<ofd:PageArea><ofd:PhysicalBox>{area}</ofd:PhysicalBox></ofd:PageArea>"
        f"<ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
        f'<ofd:TemplatePage ID="800" BaseLoc="Tpls/Tpl_0/Content.xml"/>{common}</ofd:CommonData>'
        f"<ofd:Pages>{listed}</ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
        f"<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
        f"<ofd:Extensions>Extensions.xml</ofd:Extensions>{after}</ofd:Document>",
        "/Doc_0/PublicRes.xml": f'{HEAD}<ofd:Res xmlns:ofd="{NS}" BaseLoc="Res"><ofd:Fonts><ofd:Font ID="3" FontName="合成">'
        f"<ofd:FontFile>font.ttf</ofd:FontFile></ofd:Font></ofd:Fonts></ofd:Res>",
        "/Doc_0/DocumentRes.xml": f'{HEAD}<ofd:Res xmlns:ofd="{NS}" BaseLoc="Res"><ofd:MultiMedias>'
        f'<ofd:MultiMedia ID="700" Type="Image"><ofd:MediaFile>logo.png</ofd:MediaFile></ofd:MultiMedia>'
        f"</ofd:MultiMedias></ofd:Res>",
        "/Doc_0/Res/font.ttf": b"a synthetic font",
        "/Doc_0/Res/logo.png": b"a synthetic picture",
        "/Doc_0/Tpls/Tpl_0/Content.xml": page("模板", number=80),
        "/Doc_0/Annots/Annotations.xml": f'{HEAD}<ofd:Annotations xmlns:ofd="{NS}"><ofd:Page PageID="1">'
        f"<ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>",
        "/Doc_0/Annots/Page_0/Annotation.xml": f'{HEAD}<ofd:PageAnnot xmlns:ofd="{NS}"/>',
        "/Doc_0/Tags/CustomTags.xml": f'{HEAD}<ofd:CustomTags xmlns:ofd="{NS}"><ofd:CustomTag TypeID="licence">'
        f"<ofd:FileLoc>Tag_0.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>",
        "/Doc_0/Tags/Tag_0.xml": f"{HEAD}<licence/>",
        "/Doc_0/Attachs/Attachments.xml": f'{HEAD}<ofd:Attachments xmlns:ofd="{NS}"><ofd:Attachment ID="1" Name="data">'
        f"<ofd:FileLoc>data.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>",
        "/Doc_0/Attachs/data.xml": b"<data/>",
        "/Doc_0/Extensions.xml": f'{HEAD}<ofd:Extensions xmlns:ofd="{NS}"><ofd:Extension AppName="x" RefId="1">'
        f"<ofd:ExtendData>Ext/extend.dat</ofd:ExtendData></ofd:Extension></ofd:Extensions>",
        "/Doc_0/Ext/extend.dat": b"extension data",
    }
    for number in range(1, pages + 1):
        made[f"/Doc_0/Pages/Page_{number - 1}/Content.xml"] = page(
            f"第{number}页", '<ofd:Template TemplateID="800"/>', number
        )
    return {path: data if isinstance(data, bytes) else data.encode() for path, data in made.items()}


def document(pages: int = 1, changes: Mapping[str, bytes | None] | None = None) -> bytes:
    """Return a small synthetic OFD file, some members changed, added, or (None) left out."""
    made: dict[str, bytes] = members(pages)
    for path, data in (changes or {}).items():
        if data is None:
            del made[path]
        else:
            made[path] = data
    return zipped(made)
