"""Whether somebody has heard that a case is an emergency."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE cases SET heard_at = waiting_since WHERE state <> 'waiting'")


def downgrade() -> None:
    op.drop_column("cases", "heard_at")
