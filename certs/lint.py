"""Refuse what must not be issued: one rule, one name, one clause, looked at before the key is used and again after.

A rule looks at a certificate (or a draft of one) and its circumstances and says what is wrong, or nothing.

Standard:
    RFC 5280 section 4; RFC 3161 section 2.3; GB/T 20518-2018; GM/T 0034-2014 (one key, one purpose, one holder).
    Each rule names its clause.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from certs import algorithms, builder, certificate, der_writer, name_rules, oids
from certs.certificate import Certificate
from certs.errors import CertificateRefused, CertsError
from certs.extensions import BasicConstraints, KeyUsage
from certs.name import Name
from certs.profile import Profile

_ENCIPHER: Final = frozenset({KeyUsage.KEY_ENCIPHERMENT, KeyUsage.DATA_ENCIPHERMENT, KeyUsage.KEY_AGREEMENT})
_SIGN: Final = frozenset(
    {KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION, KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN}
)
_PERSONAL: Final = frozenset(
    {oids.IDENTIFY_CODE, f"{oids.IDENTIFY_CODE}.1", f"{oids.IDENTIFY_CODE}.2", oids.INSURANCE_NUMBER}
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a rule has to know beside the certificate.

    Attributes:
        profile: what it is meant to be.
        issuer: the certificate of its issuer, or None for a root.
        key_holder: the subject under which the same key is already certified, or None.
        look_alike: another subject that reads the same, or None.
        serial_taken: whether this issuer has used the serial.
    """

    profile: Profile
    issuer: Certificate | None
    key_holder: Name | None = None
    look_alike: Name | None = None
    serial_taken: bool = False


class Rule(NamedTuple):
    """One refusal."""

    id: str
    clause: str
    look: Callable[[Certificate, Circumstances], str | None]


class Finding(NamedTuple):
    """A rule that is broken, and how."""

    rule: str
    detail: str


def examine(
    found: Certificate, circumstances: Circumstances, rules: Iterable[Rule] | None = None
) -> tuple[Finding, ...]:
    """Return every rule, of these or of all, that a certificate breaks."""
    broken = []
    for rule in RULES if rules is None else rules:
        detail = rule.look(found, circumstances)
        if detail is not None:
            broken.append(Finding(rule.id, detail))
    return tuple(broken)


def require(found: Certificate, circumstances: Circumstances, rules: Iterable[Rule] | None = None) -> None:
    """Insist that a certificate breaks no rule, of these or of all.

    Raises:
        CertificateRefused: it breaks one; `rules` names all that are broken.
    """
    broken = examine(found, circumstances, rules)
    if broken:
        message = "; ".join(f"{one.rule}: {one.detail}" for one in broken)
        raise CertificateRefused(message, tuple(one.rule for one in broken))


def require_draft(tbs: bytes, circumstances: Circumstances) -> None:
    """Insist that what is about to be signed breaks no rule; the rest as `require`."""
    try:
        found = builder.draft(tbs)
    except CertsError as wrong:
        raise CertificateRefused(f"encoding: {wrong}", ("encoding",)) from wrong
    require(found, circumstances)


# --- the rules -----------------------------------------------------------------------------------------------------


def _encoding(found: Certificate, _: Circumstances) -> str | None:
    if found.strict:
        return None
    try:
        certificate.decode(found.der)
    except CertsError as wrong:
        return str(wrong)
    return None


def _key(found: Certificate, _: Circumstances) -> str | None:
    try:
        return _unless(found.public_key, "no key")
    except CertsError as wrong:
        return str(wrong)


def _authority_bits(found: Certificate, circumstances: Circumstances) -> str | None:
    profile = circumstances.profile
    claims = found.basic_constraints is not None or KeyUsage.KEY_CERT_SIGN in (found.key_usage or ())
    if profile.authority is None:
        return "a leaf that claims to be an authority" if claims else None
    wanted = found.extension(oids.BASIC_CONSTRAINTS)
    if not found.is_authority or wanted is None or not wanted.critical:
        return "an authority without critical BasicConstraints"
    return None if found.basic_constraints == profile.authority else "another path length than the profile's"


def _path_length(found: Certificate, circumstances: Circumstances) -> str | None:
    if circumstances.issuer is None or not found.is_authority:
        return None
    above = circumstances.issuer.basic_constraints or BasicConstraints(ca=False)
    if not above.ca:
        return "the issuer is no authority"
    if above.path_length is None:
        return None
    below = (found.basic_constraints or BasicConstraints(ca=True)).path_length
    return "a path length that the issuer's forbids" if below is None or below >= above.path_length else None


def _mixed_usages(found: Certificate, _: Circumstances) -> str | None:
    usage = found.key_usage or frozenset()
    return "signature and encryption in one certificate" if usage & _SIGN and usage & _ENCIPHER else None


def _key_usage(found: Certificate, circumstances: Circumstances) -> str | None:
    one = found.extension(oids.KEY_USAGE)
    if one is None or not one.critical:
        return "no critical KeyUsage"
    return None if found.key_usage == circumstances.profile.key_usage else "another KeyUsage than the profile's"


def _purpose(found: Certificate, circumstances: Circumstances) -> str | None:
    profile = circumstances.profile
    one = found.extension(oids.EXTENDED_KEY_USAGE)
    if (found.extended_key_usage or ()) != profile.purposes:
        return "another purpose than the profile's"
    return "a purpose with the wrong criticality" if one and one.critical is not profile.purposes_critical else None


def _policy(found: Certificate, circumstances: Circumstances) -> str | None:
    return None if found.policies == circumstances.profile.policies else "other policies than the profile's"


def _validity(found: Certificate, circumstances: Circumstances) -> str | None:
    if found.not_after < found.not_before:
        return "a life that ends before it begins"
    whole = found.not_after - found.not_before
    return "a longer life than the profile allows" if whole >= circumstances.profile.longest_life else None


def _outlives_issuer(found: Certificate, circumstances: Circumstances) -> str | None:
    issuer = circumstances.issuer
    if issuer is None:
        return None
    return "a life that ends after its issuer's" if found.not_after > issuer.not_after else None


def _time_form(found: Certificate, _: Circumstances) -> str | None:
    wanted = der_writer.sequence(der_writer.time(found.not_before), der_writer.time(found.not_after))
    return None if wanted in found.tbs else "times in another form than UTCTime to 2049 and GeneralizedTime after"


def _serial(found: Certificate, circumstances: Circumstances) -> str | None:
    if not builder.is_serial_number(found.serial):
        return "a serial that is not sixteen octets with the bits 01 in front"
    return "a serial that this issuer has used" if circumstances.serial_taken else None


def _key_holder(found: Certificate, circumstances: Circumstances) -> str | None:
    holder = circumstances.key_holder
    return f"the key of {holder}" if holder is not None and holder != found.subject else None


def _issuer_name(found: Certificate, circumstances: Circumstances) -> str | None:
    above = found.subject if circumstances.issuer is None else circumstances.issuer.subject
    return None if found.issuer == above else "an issuer that is not the one above it"


def _key_identifiers(found: Certificate, circumstances: Circumstances) -> str | None:
    if not found.subject_key_identifier:
        return "no subject key identifier"
    if circumstances.issuer is None:
        return None
    label = found.authority_key_identifier
    wanted = builder.Issuer.of(circumstances.issuer).key_identifier
    return None if label and label.key_identifier == wanted else "an authority key identifier that is not the issuer's"


def _algorithm(found: Certificate, circumstances: Circumstances) -> str | None:
    try:
        algorithm = algorithms.by_oid(found.signature_algorithm)
        above = found.public_key if circumstances.issuer is None else circumstances.issuer.public_key
    except CertsError as wrong:
        return str(wrong)
    return "a weak algorithm" if algorithm.weak else _unless(algorithm.key_kind is above.kind, "not the issuer's kind")


def _unless(holds: object, detail: str) -> str | None:
    return None if holds else detail


def _addresses(found: Certificate, circumstances: Circumstances) -> str | None:
    urls = (*found.crl_urls, *found.ocsp_urls, *found.issuer_urls)
    if bad := next((url for url in urls if not url.startswith("http://")), None):
        return f"{bad}: https needs a certificate to check a certificate, and nothing else is reachable"
    return _unless(found.crl_urls or circumstances.profile.self_signed, "no address of a revocation list")


def _duplicates(found: Certificate, _: Circumstances) -> str | None:
    kinds = [one.oid for one in found.extensions]
    return _unless(len(kinds) == len(set(kinds)), "an extension that occurs twice")


def _name_empty(found: Certificate, _: Circumstances) -> str | None:
    return _unless(not name_rules.is_empty(found.subject), "a subject without O and CN, or with a blank value")


def _name_long(found: Certificate, _: Circumstances) -> str | None:
    return next((f"{text[:20]}… is too long" for text in name_rules.over_long(found.subject)), None)


def _name_control(found: Certificate, _: Circumstances) -> str | None:
    return _unless(not name_rules.has_control_characters(found.subject), "control or unassigned characters")


def _name_bidi(found: Certificate, _: Circumstances) -> str | None:
    return _unless(not name_rules.has_bidi_marks(found.subject), "marks that turn the reading direction")


def _name_width(found: Certificate, circumstances: Circumstances) -> str | None:
    if name_rules.has_width_variants(found.subject):
        return "letters or digits in another width"
    other = circumstances.look_alike
    return f"reads like {other}" if other is not None and other != found.subject else None


def _name_sealer(found: Certificate, circumstances: Circumstances) -> str | None:
    if circumstances.profile.id != "sealer":
        return None
    return _unless(name_rules.is_sealer(found.subject), "not credit code and name in O, seal code in CN")


def _person_number(found: Certificate, _: Circumstances) -> str | None:
    for kind, text in found.subject.attributes:
        if name_rules.person_number(text, after_code=kind == oids.ORGANISATION):
            return "a resident number in the subject"
    for one in found.extensions:
        if one.oid in _PERSONAL or name_rules.person_number(one.value.decode("latin-1")):
            return f"a personal number in extension {one.oid}"
    return None


def _rules() -> Iterator[Rule]:
    yield Rule("encoding", "X.690 10 and 11; RFC 5280 4.1", _encoding)
    yield Rule("key", "RFC 5280 4.1.2.7; GB/T 32918.1-2016 (public key validation)", _key)
    yield Rule("authority-bits", "RFC 5280 4.2.1.3 and 4.2.1.9", _authority_bits)
    yield Rule("path-length", "RFC 5280 4.2.1.9", _path_length)
    yield Rule("mixed-usages", "GB/T 20518-2018 (key usage)", _mixed_usages)
    yield Rule("key-usage", "RFC 5280 4.2.1.3", _key_usage)
    yield Rule("purpose", "RFC 5280 4.2.1.12; RFC 3161 2.3; RFC 9336", _purpose)
    yield Rule("policy", "RFC 5280 4.2.1.4", _policy)
    yield Rule("validity", "RFC 5280 4.1.2.5", _validity)
    yield Rule("outlives-issuer", "RFC 5280 6.1.3 (a) (2)", _outlives_issuer)
    yield Rule("time-form", "RFC 5280 4.1.2.5", _time_form)
    yield Rule("serial", "RFC 5280 4.1.2.2", _serial)
    yield Rule("key-holder", "GM/T 0034-2014 (one key, one holder)", _key_holder)
    yield Rule("issuer-name", "RFC 5280 4.1.2.4", _issuer_name)
    yield Rule("key-identifiers", "RFC 5280 4.2.1.1 and 4.2.1.2", _key_identifiers)
    yield Rule("algorithm", "RFC 5280 4.1.1.2; GB/T 33560-2017", _algorithm)
    yield Rule("addresses", "RFC 5280 4.2.1.13 and 8 (no loops)", _addresses)
    yield Rule("duplicate-extension", "RFC 5280 4.2", _duplicates)
    yield Rule("name-empty", "RFC 5280 4.1.2.6", _name_empty)
    yield Rule("name-length", "RFC 5280 appendix A.1 (upper bounds)", _name_long)
    yield Rule("name-control-characters", "RFC 5280 7.1; RFC 4518 2.4", _name_control)
    yield Rule("name-bidirectional", "UAX #9", _name_bidi)
    yield Rule("name-look-alike", "UAX #15 (NFKC)", _name_width)
    yield Rule("name-sealer", "GB/T 38540-2020 (seal code and owner)", _name_sealer)
    yield Rule("person-number", "GB/T 35273-2020 (data minimisation)", _person_number)


RULES: Final = tuple(_rules())
AMONG_OTHERS: Final = tuple(rule for rule in RULES if rule.id in {"serial", "key-holder", "name-look-alike"})
"""The rules that depend on what was issued before."""
