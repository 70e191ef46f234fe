"""Replies that are held until a time, and messages that were."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_replies",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_held_replies_case_id_cases")),
        sa.ForeignKeyConstraint(["author"], ["caseworkers.id"], name=op.f("fk_held_replies_author_caseworkers")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_held_replies")),
    )
    op.create_index(op.f("ix_held_replies_due_at"), "held_replies", ["due_at"])
    op.add_column("messages", sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    # what was held is sealed to another place than the program of before looks for
    op.execute("DELETE FROM messages WHERE held")
    op.drop_column("messages", "held")
    op.drop_index(op.f("ix_held_replies_due_at"), table_name="held_replies")
    op.drop_table("held_replies")
