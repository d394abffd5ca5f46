"""What stands between an authorization request and its answer: decided from values alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from idp.model.assurance import Evidence, Missing, Proof, Standing, Wanted
from idp.model.authorization import AuthorizationRequest
from idp.model.ladder import Ladder
from trust.values.assurance import HIGHEST, UNPROVEN, Rank


class Lacks(Protocol):
    """What lies between the session and a rank."""

    def __call__(self, wanted: Rank, *, phishing_resistant: bool = False, hardware: bool = False) -> Missing: ...


class Step(Enum):
    """What comes next."""

    SIGN_IN = "sign-in"
    PROVE = "prove"  # a second factor, or what a higher level needs
    CONSENT = "consent"
    GRANT = "grant"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Present:
    """Who sits at the browser, as far as we know."""

    kind: str  # of the account: natural, staff
    sub: str
    evidence: Sequence[Evidence]
    proofs: Sequence[Proof]
    enrolled: frozenset[str]
    body: Sequence[Evidence] | None = None  # of the body acted for
    cap: Rank = HIGHEST


@dataclass(frozen=True, slots=True)
class Settled:
    """What was settled since the request came."""

    began_at: datetime
    consented: bool = False  # on this very request
    covered: bool = False  # an earlier consent, or the client needs none
    went_without: bool = False  # the user goes on without the level that was wished for


@dataclass(frozen=True, slots=True)
class Next:
    """The decision."""

    step: Step
    standing: Standing | None = None
    acr: str = ""  # to report
    missing: Missing = field(default_factory=lambda: Missing(met=True))
    wanted: Wanted | None = None  # the level that is asked for
    essential: bool = False
    error: str = ""  # of RFC 6749, 4.1.2.1 and OpenID Connect Core 1.0, 3.1.2.6


@dataclass(frozen=True, slots=True)
class Demands:
    """What the client registered in case its requests are silent."""

    acr_values: tuple[str, ...] = ()
    max_age: int | None = None


def decide(
    ladder: Ladder,
    request: AuthorizationRequest,
    demands: Demands,
    present: Present | None,
    settled: Settled,
    hinted: str | None,
    at: datetime,
) -> Next:
    """Return what comes next.

    Args:
        ladder: the table of levels.
        request: what the client asks.
        demands: the client's standing wishes.
        present: who is signed in at this browser, or nobody.
        settled: what happened since the request came.
        hinted: the subject of a good `id_token_hint`.
        at: now.

    Standard:
        OpenID Connect Core 1.0, 3.1.2.1 to 3.1.2.6; RFC 9470, 5; RFC 9700.
    """
    silent = "none" in request.prompts
    if present is None or (hinted is not None and hinted != present.sub):
        return Next(Step.REFUSE, error="login_required") if silent else Next(Step.SIGN_IN)
    max_age = request.max_age if request.max_age is not None else demands.max_age
    anew = bool(request.prompts & {"login", "select_account"}) or max_age == 0
    proofs = [one for one in present.proofs if not anew or one.at >= settled.began_at]
    within = None if anew or max_age is None else timedelta(seconds=max_age)
    if not proofs:
        return Next(Step.REFUSE, error="login_required") if silent else Next(Step.SIGN_IN)

    def lacks(wanted: Rank, *, phishing_resistant: bool = False, hardware: bool = False) -> Missing:
        return ladder.missing(
            present.kind, present.evidence, proofs, wanted, at, within, present.enrolled, present.cap,
            phishing_resistant=phishing_resistant, hardware=hardware,
        )  # fmt: skip

    least = lacks(UNPROVEN)
    if not least.met:
        if silent:
            return Next(Step.REFUSE, error="login_required")
        return Next(Step.SIGN_IN if "password" in least.next else Step.PROVE, missing=least)
    standing = _standing(ladder, present, proofs, at)
    leveled = _level(ladder, request, demands, present, settled, standing, lacks)
    if leveled.step is not Step.GRANT:
        return leveled
    if "totp" in present.enrolled and {one.method for one in proofs} == {"password"}:
        # Whoever set up a second factor is asked for it every time.
        second = Missing(steps=(("totp",),))
        return Next(Step.REFUSE, error="login_required") if silent else Next(Step.PROVE, missing=second)
    if not settled.consented and (not settled.covered or "consent" in request.prompts):
        if silent:
            return Next(Step.REFUSE, error="consent_required")
        return Next(Step.CONSENT, standing, leveled.acr)
    return leveled


def _standing(ladder: Ladder, present: Present, proofs: Sequence[Proof], at: datetime) -> Standing:
    if present.body is not None:
        return ladder.acting(present.body, present.evidence, proofs, at, present.cap)
    return ladder.session(present.kind, present.evidence, proofs, at, present.cap)


def _level(ladder: Ladder, request: AuthorizationRequest, demands: Demands, present: Present, settled: Settled,
           standing: Standing, lacks: Lacks) -> Next:  # fmt: skip
    """Whether the session is worth what is asked, and what it lacks otherwise."""
    essential = request.essential_acrs
    values = essential or request.voluntary_acrs or demands.acr_values
    met = ladder.satisfied(values, standing)
    if met is not None or not values:
        return Next(Step.GRANT, standing, met or standing.acr)
    if "none" in request.prompts:
        if essential:
            return Next(Step.REFUSE, standing, error="login_required")
        return Next(Step.GRANT, standing, standing.acr)
    if not essential and settled.went_without:
        return Next(Step.GRANT, standing, standing.acr)
    for wanted in ladder.wanted(values):
        if present.body is not None and ladder.identity_level("body", present.body, settled.began_at) < wanted.rank:
            continue
        missing = lacks(wanted.rank, phishing_resistant=wanted.phishing_resistant, hardware=wanted.hardware)
        if missing.met or (missing.impossible and not missing.evidence):
            continue
        return Next(Step.PROVE, standing, standing.acr, missing, wanted, essential=bool(essential))
    if essential:
        return Next(Step.REFUSE, standing, error="unmet_authentication_requirements")
    return Next(Step.GRANT, standing, standing.acr)
