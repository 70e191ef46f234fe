"""What a person answered in forms: one sealed sheet for each conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheets",
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("asking", sa.Boolean(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name=op.f("fk_sheets_conversation")
        ),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_sheets")),
    )


def downgrade() -> None:
    op.drop_table("sheets")
