"""What agents work on: tickets, orders, promises, tasks, results of calls, articles, drafts, preferences."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from crm_store.schema import Key, Stamp, Word
from crm_store.zones import only_zone

revision = "0003"
down_revision = "0002"

DISPOSITIONS = (
    ("resolved", "reached", None, "Lahendatud", "Resolved", "Решено"),
    ("follow_up", "reached", "task", "Jätkub", "Follow up", "Продолжить"),
    ("callback", "reached", "callback", "Helista tagasi", "Call back", "Перезвонить"),
    ("passed_on", "reached", None, "Edasi antud", "Passed on", "Передано"),
    ("wrong_number", "not_reached", None, "Vale number", "Wrong number", "Не тот номер"),
    ("other", "other", None, "Muu", "Other", "Другое"),
)
"""What a shop begins with: key, outcome, next, labels."""

SEARCH = (
    """CREATE VIRTUAL TABLE article_index USING fts5(
        title, words, content='articles', content_rowid='id',
        tokenize='unicode61 remove_diacritics 2', prefix='2 3')""",
    """CREATE TRIGGER articles_added AFTER INSERT ON articles BEGIN
        INSERT INTO article_index (rowid, title, words) VALUES (new.id, new.title, new.words); END""",
    """CREATE TRIGGER articles_removed AFTER DELETE ON articles BEGIN
        INSERT INTO article_index (article_index, rowid, title, words)
        VALUES ('delete', old.id, old.title, old.words); END""",
    """CREATE TRIGGER articles_changed AFTER UPDATE OF title, words ON articles BEGIN
        INSERT INTO article_index (article_index, rowid, title, words)
        VALUES ('delete', old.id, old.title, old.words);
        INSERT INTO article_index (rowid, title, words) VALUES (new.id, new.title, new.words); END""",
)


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", Key, nullable=False),
        sa.Column("section", Word, nullable=False),
        sa.Column("title", Word, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("helpful", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_helpful", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.Column("changed_by", sa.Text()),
        sa.Column("created_at", Stamp(), nullable=False),
        sa.Column("changed_at", Stamp(), nullable=False),
        sa.CheckConstraint("kind IN ('article', 'answer')", name="ck_articles_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("language", "title", name="uq_articles_language_title"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_section_title_id", "articles", ["section", "title", "id"])
    op.create_table(
        "dispositions",
        sa.Column("key", Word, nullable=False),
        sa.Column("parent", sa.Text()),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("queues", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("next", sa.Text()),
        sa.PrimaryKeyConstraint("key", name="pk_dispositions"),
    )
    op.create_table(
        "drafts",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", Stamp(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "agent", name="pk_drafts"),
    )
    op.create_index("ix_drafts_changed_at", "drafts", ["changed_at"])
    op.create_table(
        "article_votes",
        sa.Column("article_id", Key, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_votes_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "who", name="pk_article_votes"),
    )
    op.create_table(
        "preferences",
        sa.Column("user_id", Key, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", Stamp(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_preferences_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_preferences"),
    )
    op.create_table(
        "orders",
        sa.Column("id", Key, nullable=False),
        sa.Column("contact_id", Key, nullable=False),
        sa.Column("at", Stamp(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("call_id", sa.Text()),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("changed_at", Stamp(), nullable=False),
        sa.CheckConstraint("status IN ('new', 'confirmed', 'delivered', 'cancelled')", name="ck_orders_status"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_orders_contact_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_orders_contact_id_at_id", "orders", ["contact_id", "at", "id"])
    op.create_table(
        "promises",
        sa.Column("id", Key, nullable=False),
        sa.Column("contact_id", Key, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("promised_by", sa.Text(), nullable=False),
        sa.Column("promised_at", Stamp(), nullable=False),
        sa.Column("due_at", Stamp(), nullable=False),
        sa.Column("kept_at", Stamp()),
        sa.Column("call_id", sa.Text()),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_promises_contact_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_promises"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_promises_contact_id_due_at", "promises", ["contact_id", "due_at"])
    op.create_index("ix_promises_due_at_id", "promises", ["due_at", "id"])
    op.create_table(
        "service_tickets",
        sa.Column("id", Key, nullable=False),
        sa.Column("contact_id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("owner", sa.Text()),
        sa.Column("due_at", Stamp()),
        sa.Column("call_id", sa.Text()),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Stamp(), nullable=False),
        sa.Column("changed_at", Stamp(), nullable=False),
        sa.Column("closed_at", Stamp()),
        sa.Column("command", sa.Text()),
        sa.CheckConstraint("kind IN ('bug', 'wish', 'question')", name="ck_service_tickets_kind"),
        sa.CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name="ck_service_tickets_priority"),
        sa.CheckConstraint("status IN ('open', 'waiting', 'solved', 'closed')", name="ck_service_tickets_status"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name="fk_service_tickets_contact_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_service_tickets"),
        sa.UniqueConstraint("command", name="uq_service_tickets_command"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_service_tickets_contact_id_id", "service_tickets", ["contact_id", "id"])
    op.create_index("ix_service_tickets_owner_id", "service_tickets", ["owner", "id"])
    op.create_index("ix_service_tickets_status_id", "service_tickets", ["status", "id"])
    op.create_table(
        "tasks",
        sa.Column("id", Key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", Stamp(), nullable=False),
        sa.Column("time_zone", sa.Text()),
        sa.Column("owner", sa.Text()),
        sa.Column("contact_id", Key),
        sa.Column("number", sa.Text()),
        sa.Column("call_id", sa.Text()),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Stamp(), nullable=False),
        sa.Column("done_at", Stamp()),
        sa.Column("done_by", sa.Text()),
        sa.Column("command", sa.Text()),
        sa.CheckConstraint("kind IN ('task', 'callback')", name="ck_tasks_kind"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_tasks_contact_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.UniqueConstraint("command", name="uq_tasks_command"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tasks_contact_id", "tasks", ["contact_id"])
    op.create_index("ix_tasks_due_at_id", "tasks", ["due_at", "id"])
    op.create_index(
        "ix_tasks_open",
        "tasks",
        ["owner", "due_at"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "wrap_ups",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("at", Stamp(), nullable=False),
        sa.Column("disposition", sa.Text()),
        sa.Column("contact_id", Key),
        sa.Column("next", sa.Text()),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_wrap_ups_contact_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("call_id", "agent", name="pk_wrap_ups"),
    )
    op.create_index("ix_wrap_ups_agent_at", "wrap_ups", ["agent", "at"])
    op.create_index("ix_wrap_ups_contact_id", "wrap_ups", ["contact_id"])
    op.create_table(
        "order_lines",
        sa.Column("order_id", Key, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_lines_order_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("order_id", "position", name="pk_order_lines"),
    )
    op.add_column("contacts", sa.Column("time_zone", sa.Text()))
    op.create_index(
        "ix_facts_agents",
        "facts",
        ["at"],
        sqlite_where=sa.text("kind = 'AgentChanged'"),
        postgresql_where=sa.text("kind = 'AgentChanged'"),
    )
    op.add_column("numbers", sa.Column("time_zone", sa.Text()))
    op.add_column("queues", sa.Column("pop_on", sa.Text(), server_default=sa.text("'ring'"), nullable=False))
    op.add_column("queues", sa.Column("pop_url", sa.Text()))
    op.create_index("ix_segments_started_at", "segments", ["started_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_articles_words", "articles", ["words"], postgresql_using="gin")
    else:
        for statement in SEARCH:
            op.execute(statement)
    _seed()
    _place()


def _seed() -> None:
    into = sa.text(
        "INSERT INTO dispositions (key, parent, labels, outcome, queues, position, active, next) "
        "VALUES (:key, NULL, :labels, :outcome, :queues, :position, :active, :next)"
    ).bindparams(sa.bindparam("labels", type_=sa.JSON()), sa.bindparam("queues", type_=sa.JSON()))
    for position, (key, outcome, then, et, en, ru) in enumerate(DISPOSITIONS):
        labels = {"et": et, "en": en, "ru": ru}
        row = {"key": key, "labels": labels, "outcome": outcome, "queues": [], "position": position}
        op.get_bind().execute(into, {**row, "active": True, "next": then})


def _place() -> None:
    """The time zone of the numbers that are there."""
    regions = op.get_bind().execute(sa.text("SELECT DISTINCT region FROM numbers WHERE region IS NOT NULL")).scalars()
    for region in regions.all():
        zone = only_zone(region)
        if zone is not None:
            at = sa.text("UPDATE numbers SET time_zone = :zone WHERE region = :region")
            op.get_bind().execute(at, {"zone": zone, "region": region})
