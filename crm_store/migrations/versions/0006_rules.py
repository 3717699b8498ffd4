"""What a queue lives by, with its versions; and who has set a customer's tier."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Stamp

revision = "0006"
down_revision = "0005"

FIELDS = ("rule", "target_seconds", "max_wait_seconds", "tiers", "skills", "weights", "relax", "last_agent_seconds")


def upgrade() -> None:
    for column in (
        sa.Column("rule", sa.Text(), server_default=sa.text("'helin'"), nullable=False),
        sa.Column("tiers", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("weights", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("relax", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("last_agent_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rule_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    ):
        op.add_column("queues", column)
    op.create_table(
        "queue_rules",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Stamp, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "version", name="pk_queue_rules"),
    )
    _first_versions()
    op.add_column("accounts", sa.Column("tier_by", sa.Text()))
    op.add_column("contacts", sa.Column("tier", sa.String(length=1)))
    op.add_column("contacts", sa.Column("tier_by", sa.Text()))
    op.execute("UPDATE accounts SET tier_by = 'hand' WHERE tier IS NOT NULL")


def _first_versions() -> None:
    """The rules that queues have by now, as their first versions."""
    of_queues = sa.table(
        "queues",
        sa.column("name", sa.Text()),
        *(sa.column(name, sa.JSON() if name in ("tiers", "skills", "weights", "relax") else None) for name in FIELDS),
    )
    rules = sa.table(
        "queue_rules",
        *(sa.column(name, kind) for name, kind in (
            ("queue", sa.Text()), ("version", sa.Integer()), ("at", Stamp()), ("by", sa.Text()), ("rule", sa.JSON()),
        )),
    )  # fmt: skip
    at, connection = datetime.now(UTC), op.get_bind()
    for row in connection.execute(sa.select(of_queues)).all():
        rule = {name: getattr(row, name) for name in FIELDS}
        values = {"queue": row.name, "version": 1, "at": at, "by": "helin migrate", "rule": rule}
        connection.execute(sa.insert(rules).values(**values))
