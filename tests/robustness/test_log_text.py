"""Twenty thousand broken heads and proofs are refused with our own errors, quickly."""

import random

from certs.keys import PrivateKey
from certs.signer import SoftwareSigner
from certs.sm.sm2 import Sm2PrivateKey
from trust.errors import TrustError
from trust.transparency import merkle
from trust.transparency.checkpoint import Checkpoint, Note, open_checkpoint
from trust.transparency.proof import LogProof

_KEY = PrivateKey(Sm2PrivateKey.from_scalar(bytes(31) + b"\x05"))
_LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(16)]
_HEAD = Checkpoint("log.example", 16, merkle.full_root(_LEAVES))
_PROOF = LogProof(
    5,
    tuple(merkle.inclusion_path(5, 16, lambda level, at: merkle.full_root(_LEAVES[at << level : at + 1 << level]))),
    _HEAD.sign(SoftwareSigner(_KEY)),
).encode()
_PIECES = ("\n", "\n\n", "— ", "=", "+", "\x00", "٣", "\u2028", "A" * 5_000, "index 5\n", "-1", "\ud800", "9" * 30)


def _broken(chance: random.Random) -> str:
    text = _PROOF
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at, other = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        match chance.randrange(4):
            case 0:
                text = text[:at] + chance.choice(_PIECES) + text[at:]
            case 1:
                text = text[:at] + text[other:]
            case 2:
                text = text[:other] + text[at:]
            case _:
                text = text[:at] + chr(chance.randrange(1, 0x250)) + text[at + 1 :]
    return text


def test_broken_proofs_and_heads_are_refused_with_typed_errors() -> None:
    chance = random.Random(5)
    opened = 0
    for _ in range(20_000):
        text = _broken(chance)
        try:
            proof = LogProof.decode(text)
            assert proof.encode() == text, "one spelling only"
            head = open_checkpoint(proof.note, "log.example", (_KEY.public_key,))
            assert head == _HEAD
            proof.verify(b"\x05", "log.example", (_KEY.public_key,))
            opened += Note.decode(proof.note).text == _HEAD.text()
        except TrustError:
            continue
    assert opened < 1_000, "what still opens is the proof itself, or a proof with signatures of strangers"
