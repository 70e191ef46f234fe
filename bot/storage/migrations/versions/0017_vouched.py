"""What says of keys, people and links that this program wrote them. It cannot be made here: the key is elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = ("team_keys", "caseworkers", "invites")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("vouched", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "vouched")
