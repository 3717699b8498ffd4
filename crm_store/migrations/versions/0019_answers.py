"""What customers answered to a script stays with its attempt, and an order is taken once for a command."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("attempts", sa.Column("answers", sa.JSON()))
    op.add_column("orders", sa.Column("command", sa.Text()))
    op.create_index("ix_orders_command", "orders", ["command"], unique=True)
    op.create_index("ix_orders_call_id", "orders", ["call_id"])
