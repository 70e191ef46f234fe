"""Telegram: which chat a conversation is in, what stands there, which updates were handled."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "telegram_chats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("sent_seq", sa.Integer(), nullable=False),
        sa.Column("trying_seq", sa.Integer(), nullable=True),
        sa.Column("trying_after", sa.LargeBinary(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("older", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_chats")),
        sa.UniqueConstraint("conversation", name=op.f("uq_telegram_chats_conversation")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_telegram_chats_lookup"), "telegram_chats", ["lookup"])
    op.create_table(
        "telegram_messages",
        sa.Column("chat", sa.Integer(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delete_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["chat"], ["telegram_chats.id"], name=op.f("fk_telegram_messages_chat"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat", "lookup", name=op.f("pk_telegram_messages")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_telegram_messages_at"), "telegram_messages", ["at"])
    op.create_index(op.f("ix_telegram_messages_delete_at"), "telegram_messages", ["delete_at"])
    op.create_table(
        "telegram_updates",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_updates")),
    )
    op.create_index(op.f("ix_telegram_updates_at"), "telegram_updates", ["at"])


def downgrade() -> None:
    op.drop_table("telegram_updates")
    op.drop_table("telegram_messages")
    op.drop_table("telegram_chats")
