"""When the caseworkers of an organisation usually read."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opening_hours",
        sa.Column("organisation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week", sa.String(length=100), nullable=False),
        sa.Column("closed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", name=op.f("pk_opening_hours")),
    )


def downgrade() -> None:
    op.drop_table("opening_hours")
