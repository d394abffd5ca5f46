"""Every route of mandates, links, merges and recovery, given a door."""

from starlette.routing import BaseRoute

from idp.storage.persons import Vault
from idp.ties_parts import TiesParts
from idp.web.bodies import BodyPages
from idp.web.links import LinkPages
from idp.web.mandates import MandatePages
from idp.web.merges import MergePages
from idp.web.recovery import RecoveryPages
from idp.web.simulated import SimulatedPages
from idp.web.ties_door import TiesDoor
from trust.clock import Clock
from trust.storage.database import Database


def routes(
    door: TiesDoor,
    parts: TiesParts,
    issuer: str,
    database: Database,
    vault: Vault,
    clock: Clock,
) -> list[BaseRoute]:
    """Return the pages.

    Args:
        door: the provider's own pages as this room sees them.
        parts: of a home.
        issuer: the provider's address.
        database: for readers.
        vault: of the persons.
        clock: what time it is.
    """
    found = [
        *BodyPages(door, database, clock, parts.act_for_body, parts.accept_mandate, parts.end_mandate).routes(),
        *MandatePages(
            door, database, clock, parts.grant_mandate, parts.confirm_mandate, parts.end_mandate, parts.scope_mandate
        ).routes(),
        *LinkPages(
            door,
            issuer,
            database,
            vault,
            parts.go_outside,
            parts.sign_in_by_link,
            parts.link_account,
            parts.unlink_account,
            parts.sign_in_by_national,
        ).routes(),
        *MergePages(door, database, clock, parts.resolve_conflict, parts.merge_accounts, parts.undo_merge).routes(),
        *RecoveryPages(
            door,
            database,
            clock,
            parts.recover_password,
            parts.change_phone,
            parts.cancel_recovery,
            parts.send_new_phone_code,
        ).routes(),
    ]
    if parts.national is not None:
        found += SimulatedPages(door, issuer, parts.played, parts.national).routes()
    return found
