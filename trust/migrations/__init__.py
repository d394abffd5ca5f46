"""The schema of every package, brought forward step by step on SQLite and PostgreSQL alike.

Each package owns one Alembic branch, so packages add revisions without waiting for each other. To change tables of
package ``pki``:

1. Declare them on ``trust.storage.tables.metadata`` with names that begin ``pki_``; instants are ``UtcDateTime``.
2. Write ``pki/migrations/versions/pki_0001_<what>.py`` (no ``__init__.py`` is needed in either folder).
3. In it: ``revision = "pki_0001"``, ``down_revision = None`` and ``branch_labels = ("pki",)`` for the first; later
   ones name the one before as ``down_revision`` and give no label. No ``depends_on``: no foreign key crosses packages.
4. ``upgrade()`` and ``downgrade()`` use ``op.create_table(...)`` as written there, never the live ``Table`` objects,
   since those move on; columns name their types in full. Alterations use ``with op.batch_alter_table(...)``.
5. Expand in one release, contract in the next: release N must run on schema N+1.
6. ``tests/trust/test_migrations.py`` compares the result with the declared tables and goes down and up again.
"""
