"""What Alembic runs for each command: one transaction over the connection it was handed."""

from alembic import context

from trust.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,  # SQLite too: our connections begin their transactions themselves
    compare_server_default=False,
)
context.run_migrations()
