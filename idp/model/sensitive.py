"""Acts on an account itself: how sure and how fresh a sign-in has to be for them."""

from datetime import datetime, timedelta
from typing import Final

from idp.errors import LevelTooLow
from idp.model.assurance import Standing
from trust.values.assurance import Rank

FRESH: Final = timedelta(minutes=10)


def permit_sensitive(standing: Standing, least: Rank, at: datetime, within: timedelta = FRESH) -> None:
    """Let an act on the account pass.

    Raises:
        LevelTooLow: the sign-in is below `least`, or longer ago than `within`.
    """
    if standing.level < least or standing.auth_time is None or at - standing.auth_time > within:
        raise LevelTooLow("this act takes a surer or fresher sign-in")
