"""What agents may pause for, and whether a queue pauses who does not answer."""

import sqlalchemy as sa
from alembic import op

from crm_store.schema import Word

revision = "0005"
down_revision = "0004"

REASONS = (
    ("lunch", "rest", 60, "Lõuna", "Lunch", "Обед"),
    ("break", "rest", 15, "Puhkepaus", "Break", "Перерыв"),
    ("meeting", "work", None, "Koosolek", "Meeting", "Совещание"),
    ("training", "work", None, "Koolitus", "Training", "Обучение"),
    ("other_work", "work", None, "Muu töö", "Other work", "Другая работа"),
)
"""What a shop begins with: key, kind, limit in minutes, labels."""


def upgrade() -> None:
    op.create_table(
        "pause_reasons",
        sa.Column("key", Word, nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("limit_minutes", sa.Integer()),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_pause_reasons"),
    )
    op.add_column("queues", sa.Column("auto_pause", sa.Boolean(), server_default=sa.true(), nullable=False))
    into = sa.text(
        "INSERT INTO pause_reasons (key, labels, kind, limit_minutes, position, active) "
        "VALUES (:key, :labels, :kind, :limit, :position, :active)"
    ).bindparams(sa.bindparam("labels", type_=sa.JSON()))
    for position, (key, kind, limit, et, en, ru) in enumerate(REASONS):
        row = {"key": key, "kind": kind, "limit": limit, "position": position, "active": True}
        op.get_bind().execute(into, {**row, "labels": {"et": et, "en": en, "ru": ru}})
