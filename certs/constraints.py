"""Name constraints: which subtrees the names below an authority may lie in.

Directory names and host names are understood. A constraint on another form refuses every certificate that has a name
of that form.

Standard:
    RFC 5280 sections 4.2.1.10 and 6.1.3 (b), (c).
"""

from collections.abc import Iterable, Iterator
from typing import Final

from certs.certificate import Certificate
from certs.extensions import GeneralName, NameConstraints
from certs.name import Name

DNS: Final = 2
DIRECTORY: Final = 4


def permits(constraints: NameConstraints, certificate: Certificate) -> bool:
    """Tell whether every name of a certificate is inside a permitted subtree of its form and outside all excluded."""
    return all(
        not any(_inside(one, tree) is not False for tree in _of_form(constraints.excluded, one.kind))
        and (
            not (trees := _of_form(constraints.permitted, one.kind))
            or any(_inside(one, tree) is True for tree in trees)
        )
        for one in _names(certificate)
    )


def _names(certificate: Certificate) -> Iterator[GeneralName]:
    if certificate.subject.rdns:
        yield GeneralName(DIRECTORY, certificate.subject.der)
    yield from certificate.alternative_names


def _of_form(trees: Iterable[GeneralName], kind: int) -> list[GeneralName]:
    return [tree for tree in trees if tree.kind == kind]


def _inside(one: GeneralName, tree: GeneralName) -> bool | None:
    """Tell whether a name lies in a subtree of the same form, or None where the form is not understood."""
    if one.kind == DIRECTORY:
        base = Name(tree.content).rdns
        return Name(one.content).rdns[: len(base)] == base
    if one.kind == DNS:
        host, base_host = (one.dns or "").lower(), (tree.dns or "").lower().removeprefix(".")
        return not base_host or host == base_host or host.endswith("." + base_host)
    return None
