"""Heads and proofs as text: one spelling, signed by a known key, and nothing slips past."""

import pytest

from certs.keys import PrivateKey, PublicKey
from certs.signer import SoftwareSigner
from certs.sm.sm2 import Sm2PrivateKey
from trust.errors import TrustError
from trust.transparency import merkle
from trust.transparency.checkpoint import Checkpoint, Note, key_id, open_checkpoint, signature_line
from trust.transparency.errors import NoteMalformed, NoteUnsigned, ProofRejected
from trust.transparency.proof import LogProof

_KEY = PrivateKey(Sm2PrivateKey.from_scalar(bytes(31) + b"\x05"))
_OTHER = PrivateKey(Sm2PrivateKey.from_scalar(bytes(31) + b"\x06"))
_ORIGIN = "log.example.gov.cn"
_ENTRIES = [f"entry {number}".encode() for number in range(11)]
_LEAVES = [merkle.leaf_hash(entry) for entry in _ENTRIES]


def _node(level: int, position: int) -> bytes:
    return merkle.full_root(_LEAVES[position << level : position + 1 << level])


_HEAD = Checkpoint(_ORIGIN, 11, merkle.root(11, _node))
_NOTE = _HEAD.sign(SoftwareSigner(_KEY))


def _open(note: str, *keys: PublicKey) -> Checkpoint:
    return open_checkpoint(note, _ORIGIN, keys or (_KEY.public_key,))


def test_a_signed_head_is_opened() -> None:
    assert _open(_NOTE) == _HEAD
    assert _open(_NOTE, _OTHER.public_key, _KEY.public_key) == _HEAD
    text, signature = _NOTE.split("\n\n")
    assert text.splitlines()[:2] == [_ORIGIN, "11"]
    assert signature.startswith(f"— {_ORIGIN} ")


def test_a_key_is_named_by_its_name_kind_and_bytes() -> None:
    assert len({key_id(name, key.public_key) for name in ("a", "b") for key in (_KEY, _OTHER)}) == 4


def test_cosignatures_of_others_are_kept_and_ignored() -> None:
    witness = signature_line("witness.example", _HEAD.text(), SoftwareSigner(_OTHER))
    for note in (_NOTE + witness, _NOTE.replace("\n\n", f"\n\n{witness}")):
        assert _open(note) == _HEAD
        Note.decode(note).verify("witness.example", _OTHER.public_key)
    with pytest.raises(NoteUnsigned):
        Note.decode(_NOTE).verify("witness.example", _OTHER.public_key)


def test_another_key_origin_or_text_is_refused() -> None:
    with pytest.raises(NoteUnsigned):
        _open(_NOTE, _OTHER.public_key)
    with pytest.raises(NoteUnsigned):
        open_checkpoint(_NOTE, "other.example", (_KEY.public_key,))
    with pytest.raises(NoteUnsigned):
        _open(_NOTE.replace("\n11\n", "\n12\n"))
    forged = signature_line(_ORIGIN, "other text\n", SoftwareSigner(_KEY))
    with pytest.raises(NoteUnsigned):
        _open(f"{_HEAD.text()}\n{forged}")
    with pytest.raises(NoteUnsigned):
        _open(f"{_HEAD.text()}\n{forged}{_NOTE.rpartition(chr(10) * 2)[2]}")


def test_every_changed_character_is_refused() -> None:
    for position, character in enumerate(_NOTE):
        for other in ("A" if character != "A" else "B", "\n", "\x00", " "):
            if other == character:
                continue
            with pytest.raises(TrustError):
                _open(_NOTE[:position] + other + _NOTE[position + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{_ORIGIN}\n11\n",
        f"{_ORIGIN}\n011\n{'A' * 43}=\n",
        f"{_ORIGIN}\n-1\n{'A' * 43}=\n",
        f"{_ORIGIN}\n9999999999999999999\n{'A' * 43}=\n",
        f"{_ORIGIN}\n1\u0661\n{'A' * 43}=\n",
        f"two words\n11\n{'A' * 43}=\n",
        f"{_ORIGIN}\n11\n{'A' * 42}B=\n",
        f"{_ORIGIN}\n11\n{'A' * 44}\n",
        f"{_ORIGIN}\n11\n{'A' * 43}=",
    ],
)
def test_a_checkpoint_has_one_spelling(text: str) -> None:
    with pytest.raises(NoteMalformed):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "note",
    ["", "\n\n", "a\n\n", "a\n\nb\n", "a\n\n— x\n", "a\n\n— x AA==\n", "a\ud800\n\n— x AAAAAAA=\n", "a" * (65 << 10)],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteMalformed):
        Note.decode(note)


def test_too_many_signatures_are_refused() -> None:
    line = _NOTE.rpartition("\n\n")[2]
    with pytest.raises(NoteMalformed):
        Note.decode(_NOTE + line * 64)


def _proof(index: int) -> LogProof:
    return LogProof(index, tuple(merkle.inclusion_path(index, 11, _node)), _NOTE)


def test_each_entry_is_proven_by_text_alone() -> None:
    for index, entry in enumerate(_ENTRIES):
        text = _proof(index).encode()
        proof = LogProof.decode(text)
        assert proof == _proof(index)
        assert proof.verify(entry, _ORIGIN, (_KEY.public_key,)) == _HEAD
        with pytest.raises(ProofRejected):
            proof.verify(entry + b"x", _ORIGIN, (_KEY.public_key,))


def test_every_changed_character_of_a_proof_is_refused() -> None:
    text = _proof(6).encode()
    for position, character in enumerate(text):
        other = "A" if character != "A" else "B"
        with pytest.raises(TrustError):
            LogProof.decode(text[:position] + other + text[position + 1 :]).verify(
                _ENTRIES[6], _ORIGIN, (_KEY.public_key,)
            )


def test_an_index_outside_the_head_is_refused() -> None:
    for index in (11, 1 << 62):
        with pytest.raises(ProofRejected):
            LogProof(index, _proof(10).path, _NOTE).verify(_ENTRIES[10], _ORIGIN, (_KEY.public_key,))


def test_a_proof_without_a_head_or_with_an_endless_path_is_refused() -> None:
    good = _proof(6).encode()
    header, index, rest = good.split("\n", 2)
    for text in ("", good.partition("\n\n")[0], good.replace("sm3-", "sha-"), f"{header}\nindex -1\n{rest}"):
        with pytest.raises(NoteMalformed):
            LogProof.decode(text)
    with pytest.raises(NoteMalformed):
        LogProof.decode(f"{header}\n{index}\n" + ("A" * 43 + "=\n") * 65 + f"\n{_NOTE}")
    with pytest.raises(NoteMalformed):
        LogProof.decode(good + "x" * (129 << 10))
