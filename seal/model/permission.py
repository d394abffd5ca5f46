"""Who may use a seal: the operator of the host, our own services, and whoever acts for the body that owns it."""

from datetime import datetime
from typing import Final

from seal.errors import UseNotPermitted
from seal.model.seal import Seal
from trust.values.principal import Principal, PrincipalKind

_OURS: Final = frozenset({PrincipalKind.OPERATOR, PrincipalKind.SERVICE})
_FOR_A_BODY: Final = frozenset({PrincipalKind.BODY, PrincipalKind.OFFICIAL, PrincipalKind.CLIENT})


def permit(seal: Seal, by: Principal, at: datetime) -> None:
    """Insist that this seal may be used now by this principal.

    Raises:
        UseNotPermitted: the principal has nothing to do with the seal's owner.
        SealNotUsable: the seal's standing or dates forbid it.
    """
    owned = by.kind in _FOR_A_BODY and by.body == seal.owner
    if by.kind not in _OURS and not owned:
        raise UseNotPermitted(f"{by} may not use seal {seal.id}")
    seal.require_usable(at)
