"""What every table of intents can do: end one that still stands, and begin an abandoned one again, each exactly once.

Such a table has the columns `id`, `attempt`, `state`, `ended_at`, `address` and `reason`. Both statements change a row
only from the state it must be in, so of two that race one finds nothing to change (decision 0008).
"""

from typing import Final

from sqlalchemy import Table, Update, bindparam, update

INTENDED: Final = "intended"
ABANDONED: Final = "abandoned"


def ending(table: Table) -> Update:
    """Return the statement that ends an intent: `of_id`, `of_attempt`; `to_state`, `at`, `to_address`, `why`."""
    return _of(table, INTENDED).values(
        state=bindparam("to_state"),
        ended_at=bindparam("at"),
        address=bindparam("to_address"),
        reason=bindparam("why"),
    )


def beginning_again(table: Table) -> Update:
    """Return the statement that begins an abandoned intent again: `of_id`, `of_attempt`, and the values of the new one."""
    return _of(table, ABANDONED)


def _of(table: Table, state: str) -> Update:
    columns = table.c
    return update(table).where(
        columns.id == bindparam("of_id"), columns.attempt == bindparam("of_attempt"), columns.state == state
    )
