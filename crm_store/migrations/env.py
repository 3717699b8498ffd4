"""How alembic runs here: always on the connection that crm_store.migrate gives, in its transaction."""

from alembic import context

from crm_store import campaign_schema, gap_schema, rollup_schema, shift_schema, webhook_schema  # noqa: F401 — parts of the schema
from crm_store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
