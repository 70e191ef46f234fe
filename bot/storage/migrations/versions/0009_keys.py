"""The recovery key, and the wraps of closed conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "recovery_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("halves", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.Column("team_key", sa.Integer(), nullable=False),
        sa.Column("vouched", sa.LargeBinary(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["team_key"], ["team_keys.id"], name=op.f("fk_recovery_keys_team_key_team_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_keys")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "closed_wraps",
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "holder", name=op.f("pk_closed_wraps")),
    )
    op.create_index(op.f("ix_closed_wraps_holder"), "closed_wraps", ["holder"])


def downgrade() -> None:
    op.drop_index(op.f("ix_closed_wraps_holder"), table_name="closed_wraps")
    op.drop_table("closed_wraps")
    op.drop_table("recovery_keys")
