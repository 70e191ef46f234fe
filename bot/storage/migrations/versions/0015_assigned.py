"""Who gave a case to its owner."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("assigned_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("cases", "assigned_by")
