"""One licence laid out and written as a package, before it is sealed; and its slowest parts."""

from certs.sm import sm3
from licence.formats.metadata import to_pairs
from licence.pages import layout, ofd, symbol
from seal import typefaces
from tests.benchmarks.harness import Effort, Row, cpu_per_call, milliseconds
from tests.support.licences import VALUES, business_layout, metadata

CODE = "ZZ1:" + "AB12" * 95  # as long as a signed code is


def run(effort: Effort) -> list[Row]:
    """Measure the page of a business licence."""
    described, stated = business_layout(), metadata()
    values = VALUES | {"identifier": stated.identifier.text}
    text = "".join(values.values())
    info = ofd.DocumentInfo("0" * 32, stated.name, stated.issuer_name, stated.issued_on, to_pairs(stated))
    code = symbol.png(CODE)
    page = layout.lay_out(described, values, code)
    block = bytes(len(ofd.write(page, info)))
    figures = cpu_per_call(
        {
            "all": lambda: ofd.write(layout.lay_out(described, values, symbol.png(CODE)), info),
            "code": lambda: symbol.png(CODE),
            "layout": lambda: layout.lay_out(described, values, code),
            "write": lambda: ofd.write(page, info),
            "font": lambda: typefaces.get("sans").subset(text),
            "sm3": lambda: sm3.digest(block),
        },
        effort,
    )
    words = {
        "all": "one licence laid out and zipped",
        "code": "of this: the code drawn",
        "layout": "of this: every character placed",
        "write": "of this: XML, fonts, ZIP",
        "font": "of this: the subset of one font",
    }
    aims = {"all": "at most 5 ms of CPU"}
    return [
        Row(what, milliseconds(figures[name]), figures[name] / figures["sm3"], "SM3 of the file", aims.get(name, ""))
        for name, what in words.items()
    ]
