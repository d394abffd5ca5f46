"""A page written as an OFD package: text as text, fonts embedded, metadata and data index beside it, equal input, equal bytes.

Standard:
    GB/T 33190-2016 clauses 7 (documents, pages, resources), 9 (paths), 10 (images), 11 (text), 16 (custom tags).
    GB/T 36905-2018: metadata and data index of a licence file.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final
from xml.sax.saxutils import escape as escape_xml

from isal import isal_zlib

from licence.formats.data_index import ROOT, TYPE_ID
from licence.pages.page import Colour, Form, Page, Picture, Shape, TextLine
from seal import typefaces
from seal.ofd.geometry import number
from seal.ofd.text import escape
from seal.ofd.zip_reader import Entry
from seal.ofd.zip_writer import pack, write_archive
from seal.typefaces import Command, Subset

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE: Final = 'xmlns:ofd="http://www.ofdspec.org/2016"'
# Locations are relative to the file that names them, without dots: what every reader seen can follow.
_FOLDER: Final = "/Doc_0"
_RES: Final = f"{_FOLDER}/Res"
_PAGE_ID: Final = 1
_TEMPLATE_ID: Final = 2
_FIRST_FREE_ID: Final = 3
_OPERATORS: Final = {"M": "M", "L": "L", "Q": "Q", "C": "B", "Z": "C"}


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What the package says of itself."""

    doc_id: str  # 32 hexadecimal digits
    title: str
    author: str
    created: date
    metadata: tuple[tuple[str, str], ...]  # CustomDatas, in order


def write(page: Page, info: DocumentInfo) -> bytes:
    """The page as an unsigned OFD file.

    Raises:
        MissingGlyph: a character cannot be drawn.
    """
    fixed = _fixed(page.form)
    ids = iter(range(fixed.next_id, fixed.next_id + 100_000))
    fonts = {name: _Font(next(ids), subset) for name, subset in _subsets(page.texts)}
    pictures = [(next(ids), picture) for picture in page.pictures]
    layer = next(ids)
    numbered = [(next(ids), line) for line in page.texts]
    placed = [(next(ids), resource, picture) for resource, picture in pictures]
    highest = next(ids) - 1

    texts = "".join(_text(number_, line, fonts[line.typeface]) for number_, line in numbered)
    images = "".join(_image(number_, resource, picture) for number_, resource, picture in placed)
    content = (
        f'{_HEAD}<ofd:Page {_NAMESPACE}><ofd:Template TemplateID="{_TEMPLATE_ID}" ZOrder="Background"/>'
        f'<ofd:Content><ofd:Layer ID="{layer}" Type="Body">{images}{texts}</ofd:Layer></ofd:Content></ofd:Page>'
    )
    members = [
        ("/OFD.xml", _entry_file(info)),
        (f"{_FOLDER}/Document.xml", _document(page.form, highest)),
        (f"{_FOLDER}/DocumentRes.xml", _resources(fonts.values(), pictures)),
        (f"{_FOLDER}/Pages/Page_0/Content.xml", content.encode()),
        (f"{_FOLDER}/Tags/DataIndex.xml", _data_index(numbered)),
        *((f"{_RES}/{font.file}", font.subset.data) for font in fonts.values()),
        *((f"{_RES}/{_picture_file(resource)}", picture.png) for resource, picture in pictures),
    ]
    return write_archive([*(pack(path, data, _deflate) for path, data in members), *fixed.entries])


@dataclass(frozen=True, slots=True)
class _Font:
    id: int
    subset: Subset

    @property
    def file(self) -> str:
        return f"Font_{self.id}.{'otf' if self.subset.data[:4] == b'OTTO' else 'ttf'}"


@dataclass(frozen=True, slots=True)
class _Fixed:
    """What every document of one form has in common, packed once."""

    entries: tuple[Entry, ...]
    next_id: int


@lru_cache(maxsize=64)
def _fixed(form: Form) -> _Fixed:
    ids = iter(range(_FIRST_FREE_ID, 100_000))
    fonts = {name: _Font(next(ids), subset) for name, subset in _subsets(form.texts)}
    layer = next(ids)
    shapes = "".join(_shape(next(ids), shape) for shape in form.shapes)
    texts = "".join(_text(next(ids), line, fonts[line.typeface]) for line in form.texts)
    template = (
        f"{_HEAD}<ofd:Page {_NAMESPACE}><ofd:Content>"
        f'<ofd:Layer ID="{layer}" Type="Background">{shapes}{texts}</ofd:Layer></ofd:Content></ofd:Page>'
    )
    tags = (
        f'{_HEAD}<ofd:CustomTags {_NAMESPACE}><ofd:CustomTag TypeID="{TYPE_ID}">'
        f"<ofd:FileLoc>DataIndex.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>"
    )
    members = [
        (f"{_FOLDER}/PublicRes.xml", _resources(fonts.values(), [])),
        (f"{_FOLDER}/Tpls/Tpl_0/Content.xml", template.encode()),
        (f"{_FOLDER}/Tags/CustomTags.xml", tags.encode()),
        *((f"{_RES}/{font.file}", font.subset.data) for font in fonts.values()),
    ]
    return _Fixed(tuple(pack(path, data, _deflate) for path, data in members), next(ids))


def _subsets(lines: Iterable[TextLine]) -> Iterator[tuple[str, Subset]]:
    texts: dict[str, list[str]] = {}
    for line in lines:
        texts.setdefault(line.typeface, []).append(line.text)
    for name in sorted(texts):
        yield name, typefaces.get(name).subset("".join(texts[name]))


def _entry_file(info: DocumentInfo) -> bytes:
    custom = "".join(
        f'<ofd:CustomData Name="{_attribute(name)}">{escape_xml(value)}</ofd:CustomData>'
        for name, value in info.metadata
    )
    day = info.created.isoformat()
    return (
        f'{_HEAD}<ofd:OFD {_NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:DocID>{info.doc_id}</ofd:DocID><ofd:Title>{escape_xml(info.title)}</ofd:Title>"
        f"<ofd:Author>{escape_xml(info.author)}</ofd:Author><ofd:CreationDate>{day}</ofd:CreationDate>"
        f"<ofd:CustomDatas>{custom}</ofd:CustomDatas></ofd:DocInfo>"
        f"<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    ).encode()


def _document(form: Form, highest: int) -> bytes:
    return (
        f"{_HEAD}<ofd:Document {_NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>{highest}</ofd:MaxUnitID>"
        f"<ofd:PageArea><ofd:PhysicalBox>0 0 {number(form.width)} {number(form.height)}</ofd:PhysicalBox></ofd:PageArea>"
        f"<ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
        f'<ofd:TemplatePage ID="{_TEMPLATE_ID}" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>'
        f'<ofd:Pages><ofd:Page ID="{_PAGE_ID}" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
        f"<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags></ofd:Document>"
    ).encode()


def _resources(fonts: Iterable[_Font], pictures: Sequence[tuple[int, Picture]]) -> bytes:
    listed = "".join(
        f'<ofd:Font ID="{font.id}" FontName="{font.subset.name}" FamilyName="{font.subset.family}">'
        f"<ofd:FontFile>{font.file}</ofd:FontFile></ofd:Font>"
        for font in fonts
    )
    media = "".join(
        f'<ofd:MultiMedia ID="{resource}" Type="Image" Format="PNG">'
        f"<ofd:MediaFile>{_picture_file(resource)}</ofd:MediaFile></ofd:MultiMedia>"
        for resource, _ in pictures
    )
    fonts_element = f"<ofd:Fonts>{listed}</ofd:Fonts>" if listed else ""
    media_element = f"<ofd:MultiMedias>{media}</ofd:MultiMedias>" if media else ""
    return f'{_HEAD}<ofd:Res {_NAMESPACE} BaseLoc="Res">{fonts_element}{media_element}</ofd:Res>'.encode()


def _data_index(numbered: Iterable[tuple[int, TextLine]]) -> bytes:
    items: dict[str, list[int]] = {}
    for number_, line in numbered:
        if line.item is not None:
            items.setdefault(line.item, []).append(number_)
    listed = "".join(
        f'<Item Name="{_attribute(item)}">'
        + "".join(f'<ofd:ObjectRef PageRef="{_PAGE_ID}">{number_}</ofd:ObjectRef>' for number_ in numbers)
        + "</Item>"
        for item, numbers in items.items()
    )
    return f"{_HEAD}<{ROOT} {_NAMESPACE}>{listed}</{ROOT}>".encode()


def _text(number_: int, line: TextLine, font: _Font) -> str:
    box = line.box
    colour = "" if not any(line.colour) else f'<ofd:FillColor Value="{_colour(line.colour)}"/>'
    codes = "".join(_codes(line, box.x, number(line.baseline - box.y), font))
    return (
        f'<ofd:TextObject ID="{number_}" Boundary="{box}" Font="{font.id}" Size="{number(line.size)}">'
        f"{colour}{codes}</ofd:TextObject>"
    )


def _codes(line: TextLine, left: float, baseline: str, font: _Font) -> Iterator[str]:
    # A character beyond the basic plane counts as one or as two among the advances, depending on the reader: each
    # gets a TextCode of its own, so that the place of every character is the same for all of them.
    run, x = 0, line.x - left
    start = x
    index = 0
    for cluster in typefaces.clusters(line.text):
        after = index + len(cluster)
        if len(cluster) > 1 or cluster > "\uffff":
            yield _code(line, run, index, start, baseline)
            place = f'<ofd:TextCode X="{number(x)}" Y="{baseline}">{_escaped(cluster)}</ofd:TextCode>'
            yield _transform(cluster, font) + place
            run, start = after, x + line.advances[index]
        x += sum(line.advances[index:after])
        index = after
    yield _code(line, run, index, start, baseline)


def _code(line: TextLine, first: int, last: int, x: float, baseline: str) -> str:
    if first == last:
        return ""
    steps = " ".join(map(number, line.advances[first : last - 1]))
    delta = f' DeltaX="{steps}"' if steps else ""
    return f'<ofd:TextCode X="{number(x)}" Y="{baseline}"{delta}>{_escaped(line.text[first:last])}</ofd:TextCode>'


def _transform(cluster: str, font: _Font) -> str:
    if len(cluster) == 1:
        return ""
    glyph = font.subset.glyphs[cluster]  # one glyph for the character and its variation selector
    return (
        f'<ofd:CGTransform CodePosition="0" CodeCount="{len(cluster)}" GlyphCount="1">'
        f"<ofd:Glyphs>{glyph}</ofd:Glyphs></ofd:CGTransform>"
    )


def _image(number_: int, resource: int, picture: Picture) -> str:
    box = picture.box
    return (
        f'<ofd:ImageObject ID="{number_}" Boundary="{box}" ResourceID="{resource}"'
        f' CTM="{number(box.width)} 0 0 {number(box.height)} 0 0"/>'
    )


def _shape(number_: int, shape: Shape) -> str:
    box = shape.box
    data = " ".join(_path(shape.commands, box.x, box.y))
    fill = f'<ofd:FillColor Value="{_colour(shape.fill)}"/>' if shape.fill else ""
    stroke = f'<ofd:StrokeColor Value="{_colour(shape.stroke)}"/>' if shape.stroke else ""
    return (
        f'<ofd:PathObject ID="{number_}" Boundary="{box}" LineWidth="{number(shape.width)}"'
        f' Stroke="{"true" if shape.stroke else "false"}" Fill="{"true" if shape.fill else "false"}" Rule="Even-Odd">'
        f"{stroke}{fill}<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def _path(commands: Iterable[Command], left: float, top: float) -> Iterator[str]:
    for operator, values in commands:
        yield _OPERATORS[operator]
        for index, value in enumerate(values):
            yield f"{value - (top if index % 2 else left):.2f}"


def _picture_file(resource: int) -> str:
    return f"Image_{resource}.png"


def _colour(colour: Colour) -> str:
    return " ".join(map(str, colour))


def _attribute(text: str) -> str:
    return escape_xml(text, {'"': "&quot;"})


def _escaped(text: str) -> str:
    return escape_xml(escape(text))


def _deflate(data: bytes) -> bytes:
    squeezer = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    return bytes(squeezer.compress(data) + squeezer.flush())
