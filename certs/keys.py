"""Keys as values: a public key (SM2, P-256, RSA) with one `verify`, and private keys out of the usual containers.

Standard:
    RFC 5280 section 4.1.2.7 (SubjectPublicKeyInfo); RFC 5480 (EC keys); RFC 8017 appendix A.1 (RSA keys).
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Self

from certs import algorithms, der, key_formats, oids
from certs import der_writer as write
from certs.algorithms import KeyKind, SignatureAlgorithm
from certs.der import Reader, reading
from certs.errors import InvalidKey, InvalidSignature, MalformedEncoding, UnknownAlgorithm
from certs.key_formats import Protection
from certs.sm import sm2
from certs.sm.curve import SPKI_HEADER
from certs.sm.sm2 import Sm2PrivateKey, Sm2PublicKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["KeyKind", "PrivateKey", "Protection", "PublicKey", "load_private"]

MIN_RSA_BITS: Final = 1024
MAX_RSA_BITS: Final = 8192
_KEPT_KEYS: Final = 512
_P256_HEADER: Final = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
_shared_sm2: Final = lru_cache(maxsize=_KEPT_KEYS)(Sm2PublicKey.from_point)
"""One object for a key however often its certificate is read, so that its provider parses it once."""


class PublicKey:
    """A public key that has been checked; equal keys have equal canonical encodings.

    Attributes:
        kind: SM2, P-256 or RSA.
        spki: the canonical DER SubjectPublicKeyInfo.
        key_bits: the content of its BIT STRING without the count of unused bits, the input of key identifiers.
    """

    __slots__ = ("_key", "key_bits", "kind", "spki")

    def __init__(self, kind: KeyKind, spki: bytes, key_bits: bytes, key: Any) -> None:
        """Use `from_spki` or `from_sm2`."""
        self.kind: Final = kind
        self.spki: Final = spki
        self.key_bits: Final = key_bits
        self._key: Final = key

    @classmethod
    def from_spki(cls, encoded: bytes, *, strict: bool = True, remarks: set[str] | None = None) -> Self:
        """Read a SubjectPublicKeyInfo.

        Args:
            encoded: its DER.
            strict: refuse every deviation; otherwise the curve named .301.1 is taken for SM2 with the remark
                `curve-oid-301-1`, and as the algorithm itself with `key-algorithm-301`.
            remarks: receives the deviations.

        Raises:
            MalformedEncoding: not a SubjectPublicKeyInfo.
            UnknownAlgorithm: another kind of key, another curve, or a curve spelled out in parameters.
            InvalidKey: a point off its curve, or an RSA key of unusable size.
        """
        with reading(encoded, strict=strict, remarks=remarks) as outer, outer.inside() as info:
            with info.inside() as algorithm:
                kind = _read_kind(algorithm)
            bits = info.bits()
        if kind is KeyKind.SM2:
            return cls.from_sm2(_shared_sm2(bits))
        if kind is KeyKind.P256:
            return cls(kind, _P256_HEADER + bits, bits, _p256(bits))
        return cls(kind, *_rsa(bits))

    @classmethod
    def from_sm2(cls, key: Sm2PublicKey) -> Self:
        """Wrap an SM2 key."""
        return cls(KeyKind.SM2, SPKI_HEADER + key.point, b"\x04" + key.point, key)

    @property
    def sm2(self) -> Sm2PublicKey:
        """The SM2 key; raises UnknownAlgorithm when it is another kind."""
        if not isinstance(self._key, Sm2PublicKey):
            raise UnknownAlgorithm(f"a {self.kind.value} key where SM2 belongs")
        return self._key

    def verify(self, signature: bytes, message: bytes, algorithm: SignatureAlgorithm) -> None:
        """Check a signature over a message.

        Raises:
            UnknownAlgorithm: the algorithm does not fit the key.
            InvalidSignature: the signature does not hold.
        """
        if algorithm.key_kind is not self.kind:
            raise UnknownAlgorithm(f"{algorithm.oid} does not go with a {self.kind.value} key")
        if isinstance(self._key, Sm2PublicKey):
            sm2.verify(self._key, message, signature)
        else:
            _verify_foreign(self._key, signature, message, algorithm)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.spki == other.spki

    def __hash__(self) -> int:
        return hash(self.spki)

    def __repr__(self) -> str:
        return f"PublicKey({self.kind.value}, {self.key_bits[:9].hex()}…)"


class PrivateKey:
    """A private key that signs; it never prints itself.

    Attributes:
        public_key: the public half.
    """

    __slots__ = ("_key", "public_key")

    def __init__(self, key: "Sm2PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey") -> None:
        """Take a key that its library has parsed."""
        self._key: Any = key
        self.public_key = PublicKey.from_sm2(key.public) if isinstance(key, Sm2PrivateKey) else _foreign_public(key)

    @property
    def kind(self) -> KeyKind:
        """The kind of key."""
        return self.public_key.kind

    @property
    def sm2(self) -> Sm2PrivateKey:
        """The SM2 key; raises UnknownAlgorithm when it is another kind."""
        if not isinstance(self._key, Sm2PrivateKey):
            raise UnknownAlgorithm(f"a {self.kind.value} key where SM2 belongs")
        return self._key

    def sign(self, message: bytes) -> bytes:
        """Sign a message with the algorithm of this kind of key."""
        if isinstance(self._key, Sm2PrivateKey):
            return sm2.sign(self._key, message)
        from cryptography.hazmat.primitives.asymmetric import ec, padding
        from cryptography.hazmat.primitives.hashes import SHA256

        if self.kind is KeyKind.P256:
            return bytes(self._key.sign(message, ec.ECDSA(SHA256())))
        return bytes(self._key.sign(message, padding.PKCS1v15(), SHA256()))

    def encode(self) -> bytes:
        """Return the key as PKCS#8 DER, unprotected."""
        if isinstance(self._key, Sm2PrivateKey):
            return key_formats.encode_sm2(self._key.scalar(), self._key.public.point)
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        return bytes(self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))

    def encrypt(self, password: bytes, protection: Protection = Protection.SM, *, iterations: int = 0) -> bytes:
        """Return the key as PKCS#8 DER, protected by a password (0 iterations: the usual number)."""
        return key_formats.protect(self.encode(), password, protection, iterations)

    def __repr__(self) -> str:
        return f"PrivateKey({self.public_key!r})"

    def __reduce__(self) -> str:
        raise TypeError("a private key is not pickled")


def load_private(encoded: bytes, password: bytes | None = None) -> PrivateKey:
    """Load a private key from PKCS#8 or SEC1 (RSA: also PKCS#1), PEM or DER, protected or not.

    Raises:
        MalformedEncoding: none of these.
        DecryptionFailed: protected, and the password is missing or wrong.
        UnknownAlgorithm: a kind of key, a curve or a protection that we do not read.
        InvalidKey: out of range, or the public key beside it is another's.
        NoProvider: nothing on this machine may hold an SM2 key.
    """
    found = key_formats.read_private(encoded, password)
    if isinstance(found, key_formats.Sm2Scalar):
        key = Sm2PrivateKey.from_scalar(found.scalar)
        if found.point and found.point != b"\x04" + key.public.point:
            raise InvalidKey("the public key in the container belongs to another private key")
        return PrivateKey(key)
    return PrivateKey(_foreign_private(found))


def _read_kind(algorithm: Reader) -> KeyKind:
    """Take the rest of an AlgorithmIdentifier of a key."""
    oid = algorithm.oid()
    if oid == oids.RSA:
        if algorithm.more():
            algorithm.null()
        return KeyKind.RSA
    if oid == oids.SM2_CURVE and not algorithm.strict:  # early OpenSSL named the curve as the algorithm too
        algorithm.remark("key-algorithm-301")
    elif oid != oids.EC_PUBLIC_KEY:
        raise UnknownAlgorithm(f"no keys of algorithm {oid}")
    if not algorithm.has(der.OBJECT_IDENTIFIER):
        raise UnknownAlgorithm("a curve that is spelled out instead of named")
    return key_formats.read_curve(algorithm)


def _p256(bits: bytes) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    if len(bits) != 65 or bits[0] != 0x04:
        raise InvalidKey("not an uncompressed point of P-256")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bits)
    except ValueError as wrong:
        raise InvalidKey("not a point of P-256") from wrong


def _rsa(bits: bytes) -> tuple[bytes, bytes, Any]:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    with reading(bits) as outer, outer.inside() as numbers:
        modulus, exponent = numbers.integer(), numbers.integer()
    if not MIN_RSA_BITS <= modulus.bit_length() <= MAX_RSA_BITS or modulus <= 0:
        raise InvalidKey(f"an RSA key of {modulus.bit_length()} bits")
    if not (3 <= exponent < 1 << 64 and exponent & 1):
        raise InvalidKey("an unusable RSA exponent")
    try:
        key = RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as wrong:
        raise InvalidKey("an unusable RSA key") from wrong
    algorithm = write.sequence(write.oid(oids.RSA), write.NULL)
    return write.sequence(algorithm, write.bit_string(bits)), bits, key


def _verify_foreign(key: Any, signature: bytes, message: bytes, algorithm: SignatureAlgorithm) -> None:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding

    digest = hashes.SHA1() if algorithm is algorithms.RSA_SHA1 else hashes.SHA256()  # noqa: S303 - old documents only
    try:
        if algorithm.key_kind is KeyKind.P256:
            key.verify(signature, message, ec.ECDSA(digest))
        else:
            key.verify(signature, message, padding.PKCS1v15(), digest)
    except exceptions.InvalidSignature as wrong:
        raise InvalidSignature(f"the {algorithm.key_kind.value} signature does not hold") from wrong


def _foreign_private(encoded: bytes) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    try:
        return load_der_private_key(encoded, None)
    except UnsupportedAlgorithm as unknown:
        raise UnknownAlgorithm(str(unknown)) from unknown
    except (ValueError, TypeError) as wrong:
        raise MalformedEncoding("not a private key that can be read") from wrong


def _foreign_public(key: Any) -> PublicKey:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return PublicKey.from_spki(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
