"""What is said about a person: claims by scope and by request; nothing is said that nobody asked for."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from idp.model.account import Person

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
MAX_SHOWN: Final = 4


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


def mask_name(name: str) -> str:
    """Return a name with its beginning hidden: ``*三``."""
    name = name.strip()
    if not name:
        return ""
    return "*" * (len(name) - 1) + name[-1] if len(name) <= MAX_SHOWN else "***" + name[-1]


def mask_number(number: str) -> str:
    """Return a document's number with its middle hidden."""
    if len(number) < 8:
        return "*" * len(number)
    ahead, behind = (6, 4) if len(number) >= 15 else (2, 2)
    return number[:ahead] + "*" * (len(number) - ahead - behind) + number[-behind:]


def mask_phone(phone: str) -> str:
    """Return a phone number with its middle hidden: ``138****1234``."""
    return phone[:3] + "****" + phone[-4:] if len(phone) >= 11 else "*" * len(phone)


def mask_email(email: str) -> str:
    """Return an address of which only the first character and the host stand."""
    name, _, host = email.partition("@")
    return f"{name[:1]}***@{host}" if host else ""


def _address(person: Person) -> dict[str, str] | None:
    return {"formatted": person.address} if person.address else None


_READERS: Final[Mapping[str, Any]] = {
    "name": lambda p: mask_name(p.name),
    "family_name": lambda p: "*" * len(p.family_name),
    "given_name": lambda p: p.given_name[-1:] and mask_name("*" + p.given_name)[1:],
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
    "id_number_masked": lambda p: mask_number(p.id_number),
    "id_number": lambda p: p.id_number,
}
