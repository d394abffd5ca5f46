"""What is said about a person: claims by scope and by request; nothing is said that nobody asked for."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from idp.model.account import Person
from trust.values.person import PersonName, PersonNameMalformed, PersonNumber, PersonNumberMalformed

SCOPE_CLAIMS: Final[Mapping[str, tuple[str, ...]]] = {
    "profile": (
        "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
        "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
    ),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "address": ("address",),
    "realname": ("real_name", "id_type", "id_number_masked"),
    "identity": ("real_name", "id_type", "id_number"),
    "org": ("org",),
    "agent": ("act",),
    "staff": ("staff",),
}  # fmt: skip
SUPPORTED: Final = tuple(dict.fromkeys(one for claims in SCOPE_CLAIMS.values() for one in claims))
GATED: Final = frozenset({"real_name", "id_type", "id_number_masked", "id_number", "org", "act", "staff"})
"""Claims that a scope must cover; the `claims` parameter alone does not open them."""


def asked(scopes: Iterable[str], requested: Mapping[str, Any], allowed: Iterable[str]) -> frozenset[str]:
    """Return the names of the claims that may be said.

    Args:
        scopes: those granted.
        requested: the place of the `claims` parameter: members by claim.
        allowed: scopes the client is registered for.

    Standard:
        OpenID Connect Core 1.0, 5.4, 5.5.
    """
    found = {claim for scope in scopes for claim in SCOPE_CLAIMS.get(scope, ())}
    mine = {claim for scope in allowed for claim in SCOPE_CLAIMS.get(scope, ())}
    # What the client may have by one of its scopes it may also ask for by name, but for what a scope must announce.
    return frozenset(found | {one for one in requested if one in mine and one not in GATED})


def of_person(person: Person, names: Iterable[str]) -> dict[str, Any]:
    """Return these claims of a person; what is not known is left out.

    Standard:
        OpenID Connect Core 1.0, 5.1 and 5.1.1; masks: GB/T 35273-2020, 6.3 and the profile of the province.
    """
    said: dict[str, Any] = {}
    for name in names:
        value = _READERS[name](person) if name in _READERS else None
        if value not in (None, ""):
            said[name] = value
    return said


def masked_name(name: str) -> str:
    """Return a name with its middle or beginning hidden; what is no name of the register loses all but its end."""
    name = name.strip()
    try:
        return PersonName.parse(name).masked
    except PersonNameMalformed:
        return "*" * (len(name) - 1) + name[-1:] if name else ""


def masked_number(number: str) -> str:
    """Return a document's number with its middle hidden."""
    try:
        return PersonNumber.parse(number).masked
    except PersonNumberMalformed:
        return number[:2] + "*" * (len(number) - 4) + number[-2:] if len(number) > 7 else "*" * len(number)


def _address(person: Person) -> dict[str, str] | None:
    return {"formatted": person.address} if person.address else None


_READERS: Final[Mapping[str, Any]] = {
    "name": lambda p: masked_name(p.name),
    "family_name": lambda p: "*" * len(p.family_name),
    "given_name": lambda p: "*" * (len(p.given_name) - 1) + p.given_name[-1:],
    "middle_name": lambda p: p.middle_name,
    "nickname": lambda p: p.nickname,
    "preferred_username": lambda p: p.username,
    "profile": lambda p: p.profile,
    "picture": lambda p: p.picture,
    "website": lambda p: p.website,
    "gender": lambda p: p.gender,
    "birthdate": lambda p: p.birthdate,
    "zoneinfo": lambda p: p.zoneinfo,
    "locale": lambda p: p.locale,
    "updated_at": lambda p: p.updated_at or None,
    "email": lambda p: p.email,
    "email_verified": lambda p: p.email_verified if p.email else None,
    "phone_number": lambda p: p.phone,
    "phone_number_verified": lambda p: p.phone_verified if p.phone else None,
    "address": _address,
    "real_name": lambda p: p.name,
    "id_type": lambda p: p.id_type,
    "id_number_masked": lambda p: masked_number(p.id_number),
    "id_number": lambda p: p.id_number,
}
