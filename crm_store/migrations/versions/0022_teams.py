"""Teams: a name that users share. Two more roles: who leads a team, and a screen on a wall."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

ROLES = "role IN ('agent', 'leader', 'supervisor', 'campaign_manager', 'admin', 'partner', 'api', 'viewer')"
OF_USERS = ("queue_agents", "sessions", "preferences")
"""Tables whose rows go with their user's."""


def upgrade() -> None:
    op.add_column("users", sa.Column("team", sa.Text()))
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ck_users_role", "users", type_="check")
        op.create_check_constraint(op.f("ck_users_role"), "users", ROLES)
    else:
        _made_anew()


def _made_anew() -> None:
    """SQLite changes no constraint of a table that is there. Dropping the old one takes what belongs to its rows with
    it, so that is put aside; tickets live for 30 seconds and are not missed."""
    for name in OF_USERS:
        op.execute(f"CREATE TEMPORARY TABLE kept_{name} AS SELECT * FROM {name}")  # noqa: S608 - names of ours
    with op.batch_alter_table("users", recreate="always", table_kwargs={"sqlite_autoincrement": True}) as users:
        users.drop_constraint("ck_users_role", type_="check")
        users.create_check_constraint(op.f("ck_users_role"), ROLES)
    for name in OF_USERS:
        op.execute(f"INSERT INTO {name} SELECT * FROM kept_{name}")  # noqa: S608 - names of ours
        op.execute(f"DROP TABLE kept_{name}")
