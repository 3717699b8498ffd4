"""Whose caller somebody is: a preferred agent of contacts and accounts."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Word

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for table in ("accounts", "contacts"):
        op.add_column(table, sa.Column("preferred_agent", Word))
