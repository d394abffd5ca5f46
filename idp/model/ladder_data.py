"""The table of levels as a province writes it, read and checked into values."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any, Final

from idp.model.assurance import Lifetime
from trust.errors import Kind, TrustError
from trust.values.assurance import HIGHEST, Rank

MAX_TABLE_BYTES: Final = 64 << 10
MAX_ROWS: Final = 100
KINDS: Final = ("natural", "body", "staff")


class LevelsMalformed(TrustError):
    """The table of levels contradicts itself or leaves something out; the message says what."""

    kind, code = Kind.MALFORMED, "levels-malformed"


@dataclass(frozen=True, slots=True)
class Level:
    """One level: its code and names, how long its sessions last, and from which age on it counts one rank less."""

    code: str
    rank: Rank
    zh: str
    en: str
    lifetime: Lifetime
    fresh: timedelta | None
    decays: timedelta | None


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """How long a kind of evidence holds, and which ranks it proves beside its own when it carries the number."""

    lasts: timedelta | None
    from_use: bool
    proves: frozenset[int]


@dataclass(frozen=True, slots=True)
class Factor:
    """What one method is worth alone."""

    name: str
    rank: Rank
    cost: int
    amr: tuple[str, ...]
    enrol: Rank | None
    multi: bool
    phishing_resistant: bool
    hardware: bool


@dataclass(frozen=True, slots=True)
class Together:
    """Factors that are worth more together than each alone; `decays_by` is the one whose age lowers the rank."""

    factors: tuple[str, ...]
    rank: Rank
    decays_by: str


@dataclass(frozen=True, slots=True)
class SessionRule:
    """How long sessions of a kind last at any level, and whether they need a second factor."""

    lifetime: Lifetime
    second_factor: bool


@dataclass(frozen=True, slots=True)
class LadderData:
    """A whole table of levels, free of contradictions."""

    acr_prefix: str
    levels: tuple[Level, ...]  # by rank, from 1 without a gap
    needs: Mapping[str, Mapping[int, tuple[tuple[str, ...], ...]]]
    sessions: Mapping[str, SessionRule]
    evidence: Mapping[str, EvidenceRule]
    factors: Mapping[str, Factor]
    together: tuple[Together, ...]

    @classmethod
    def parse(cls, text: str) -> "LadderData":
        """Read a table of levels, TOML.

        Raises:
            LevelsMalformed: not TOML, too large, a member missing or of the wrong type, or a contradiction.
        """
        if len(text.encode()) > MAX_TABLE_BYTES:
            raise LevelsMalformed(f"larger than {MAX_TABLE_BYTES} bytes")
        try:
            read = tomllib.loads(text)
            data = _data(read)
        except (ValueError, RecursionError) as exc:
            raise LevelsMalformed(f"not a table of levels: {exc}") from exc
        except KeyError as exc:
            raise LevelsMalformed(f"{exc.args[0]} is missing") from exc
        except (TypeError, AttributeError) as exc:
            raise LevelsMalformed(f"a member has the wrong type: {exc}") from exc
        _check(data)
        return data


def packaged() -> str:
    """Return the table that comes with the program, which is version 1 everywhere."""
    return (files("idp.model.data") / "levels.toml").read_text("utf-8")


def _data(read: Mapping[str, Any]) -> LadderData:
    return LadderData(
        acr_prefix=_text(read["acr_prefix"]),
        levels=tuple(sorted(map(_level, read["level"]), key=lambda one: one.rank)),
        needs={kind: _needs(rows) for kind, rows in read["kind"].items()},
        sessions={
            kind: SessionRule(_lifetime(row), _flag(row, "second_factor"))
            for kind, row in read.get("session", {}).items()
        },
        evidence={kind: _evidence(row) for kind, row in read["evidence"].items()},
        factors={name: _factor(name, row) for name, row in read["factor"].items()},
        together=tuple(
            Together(_texts(row["factors"]), _rank(row["rank"]), _text(row["decays_by"]))
            for row in read.get("together", [])
        ),
    )


def _level(row: Mapping[str, Any]) -> Level:
    return Level(
        code=_text(row["code"]),
        rank=_rank(row["rank"]),
        zh=_text(row["zh"]),
        en=_text(row["en"]),
        lifetime=_lifetime(row),
        fresh=_seconds(row, "fresh"),
        decays=_seconds(row, "decays"),
    )


def _needs(rows: Mapping[str, Any]) -> dict[int, tuple[tuple[str, ...], ...]]:
    return {Rank.parse(rank).value: tuple(map(_texts, groups)) for rank, groups in rows.items()}


def _evidence(row: Mapping[str, Any]) -> EvidenceRule:
    days = _count(row["days"]) if "days" in row else None
    return EvidenceRule(
        lasts=None if days is None else timedelta(days=days),
        from_use=_flag(row, "from_use"),
        proves=frozenset(_rank(one).value for one in row.get("proves", [])),
    )


def _factor(name: str, row: Mapping[str, Any]) -> Factor:
    return Factor(
        name=name,
        rank=_rank(row["rank"]),
        cost=_count(row["cost"]),
        amr=_texts(row["amr"]),
        enrol=_rank(row["enrol"]) if "enrol" in row else None,
        multi=_flag(row, "multi"),
        phishing_resistant=_flag(row, "phishing_resistant"),
        hardware=_flag(row, "hardware"),
    )


def _lifetime(row: Mapping[str, Any]) -> Lifetime:
    return Lifetime(timedelta(seconds=_count(row["absolute"])), timedelta(seconds=_count(row["idle"])))


def _seconds(row: Mapping[str, Any], name: str) -> timedelta | None:
    return timedelta(seconds=_count(row[name])) if name in row else None


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise LevelsMalformed(f"{value!r} is not a text of up to 200 characters")
    return value


def _texts(values: Sequence[object]) -> tuple[str, ...]:
    if not isinstance(values, list) or not 0 < len(values) <= MAX_ROWS:
        raise LevelsMalformed(f"{values!r} is not a list of texts")
    return tuple(map(_text, values))


def _count(value: object) -> int:
    if type(value) is not int or not 0 < value < 10**9:
        raise LevelsMalformed(f"{value!r} is not a positive number")
    return value


def _rank(value: object) -> Rank:
    if type(value) is not int or not 0 <= value <= HIGHEST.value:
        raise LevelsMalformed(f"{value!r} is not a rank from 0 to {HIGHEST}")
    return Rank(value)


def _flag(row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name, False)
    if not isinstance(value, bool):
        raise LevelsMalformed(f"{name} is true or false, not {value!r}")
    return value


def _check(data: LadderData) -> None:
    ranks = [one.rank.value for one in data.levels]
    if ranks != list(range(1, len(ranks) + 1)):
        raise LevelsMalformed(f"the ranks of the levels are {ranks}; wanted are 1, 2, 3 … without a gap")
    if len({one.code for one in data.levels}) != len(ranks):
        raise LevelsMalformed("two levels have one code")
    for level in data.levels:
        if level.lifetime.idle > level.lifetime.absolute:
            raise LevelsMalformed(f"{level.code}: idle is longer than absolute")
    if set(data.needs) != set(KINDS):
        raise LevelsMalformed(f"[kind] names {sorted(data.needs)}; wanted are {sorted(KINDS)}")
    _check_decay(data)
    _check_evidence(data)
    _check_factors(data)


def _check_decay(data: LadderData) -> None:
    """A higher level keeps its rank no longer than a lower one, else age would skip a level."""
    for lower, higher in zip(data.levels, data.levels[1:], strict=False):
        if lower.decays and (higher.decays is None or higher.decays > lower.decays):
            raise LevelsMalformed(f"{higher.code} decays later than {lower.code} below it")


def _check_evidence(data: LadderData) -> None:
    for kind, ranks in data.needs.items():
        for rank, groups in ranks.items():
            if not 1 <= rank <= len(data.levels):
                raise LevelsMalformed(f"[kind.{kind}] {rank}: there is no such level")
            for unknown in {name for group in groups for name in group} - set(data.evidence):
                raise LevelsMalformed(f"[kind.{kind}] {rank}: {unknown!r} is not under [evidence]")
        if not ranks:
            raise LevelsMalformed(f"[kind.{kind}] asks for nothing, so everybody would stand at the top")
        if max(ranks) != len(data.levels):
            raise LevelsMalformed(f"[kind.{kind}] asks for nothing at rank {len(data.levels)}")


def _check_factors(data: LadderData) -> None:
    for row in data.together:
        name = "[[together]] " + " + ".join(row.factors)
        if unknown := [one for one in row.factors if one not in data.factors or one.endswith("*")]:
            raise LevelsMalformed(f"{name}: {unknown[0]!r} is not under [factor]")
        if len(set(row.factors)) != len(row.factors) or len(row.factors) == 1:
            raise LevelsMalformed(f"{name}: wanted are several, each once")
        if row.decays_by not in row.factors:
            raise LevelsMalformed(f"{name}: decays_by names none of them")
        if row.rank.value > len(data.levels):
            raise LevelsMalformed(f"{name}: there is no level of rank {row.rank}")
    for factor in data.factors.values():
        if factor.name.startswith(("link:", "link-strong:")) and factor.rank > Rank(3):
            raise LevelsMalformed(f"{factor.name}: an associated sign-in is never worth more than 3")
        if factor.name in ("national", "federated") and factor.rank > Rank(4):
            raise LevelsMalformed(f"{factor.name}: a foreign sign-in is worth more than 4 by treaty alone")
        if factor.rank.value > len(data.levels):
            raise LevelsMalformed(f"{factor.name}: there is no level of rank {factor.rank}")
