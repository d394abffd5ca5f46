"""RC2 with 40 effective bits, decryption only: certificate bags of old PKCS#12 files are written in it.

The cipher protects nothing; what it hides are certificates, which are public anyway.

Standard:
    RFC 2268.
"""

from typing import Final

from certs.errors import DecryptionFailed

_BLOCK: Final = 8
_PI: Final = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2"
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82"
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7"
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec"
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9"
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
)
_SHIFTS: Final = (1, 2, 3, 5)


def cbc_decrypt(key: bytes, iv: bytes, data: bytes, effective_bits: int = 40) -> bytes:
    """Decrypt in CBC mode; the padding stays on.

    Raises:
        DecryptionFailed: not whole blocks.
    """
    if len(data) % _BLOCK or len(iv) != _BLOCK:
        raise DecryptionFailed("RC2: not whole blocks")
    words, plain, before = _expand(key, effective_bits), bytearray(), iv
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        plain += bytes(left ^ right for left, right in zip(_block(words, block), before, strict=True))
        before = block
    return bytes(plain)


def _expand(key: bytes, effective_bits: int) -> list[int]:
    size, kept = len(key), (effective_bits + 7) // 8
    octets = bytearray(key.ljust(128, b"\x00"))
    for index in range(size, 128):
        octets[index] = _PI[(octets[index - 1] + octets[index - size]) % 256]
    octets[128 - kept] = _PI[octets[128 - kept] & 0xFF >> -effective_bits % 8]
    for index in range(127 - kept, -1, -1):
        octets[index] = _PI[octets[index + 1] ^ octets[index + kept]]
    return [int.from_bytes(octets[index : index + 2], "little") for index in range(0, 128, 2)]


def _block(words: list[int], block: bytes) -> bytes:
    """Run the sixteen rounds backwards; after rounds 11 and 5 comes the mashing."""
    r = [int.from_bytes(block[index : index + 2], "little") for index in range(0, _BLOCK, 2)]
    for turn in range(15, -1, -1):
        for i in (3, 2, 1, 0):
            shift = _SHIFTS[i]
            turned = (r[i] >> shift | r[i] << 16 - shift) & 0xFFFF
            mix = (r[i - 1] & r[i - 2]) + (~r[i - 1] & r[i - 3])
            r[i] = (turned - words[4 * turn + i] - mix) & 0xFFFF
        if turn in (11, 5):
            for i in (3, 2, 1, 0):
                r[i] = (r[i] - words[r[i - 1] & 63]) & 0xFFFF
    return b"".join(word.to_bytes(2, "little") for word in r)
