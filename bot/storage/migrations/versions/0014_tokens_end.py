"""When a browser's token ends, unless it is used."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ENDS = """
UPDATE conversation_wraps SET ends_at = {in_a_day} WHERE kind = 'token'
AND conversation IN (SELECT id FROM conversations WHERE channel = 'web')
"""


def upgrade() -> None:
    op.add_column("conversation_wraps", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    postgresql = op.get_bind().dialect.name == "postgresql"
    in_a_day = (
        "date_trunc('hour', now()) + interval '25 hours'"
        if postgresql
        else "strftime('%Y-%m-%d %H:00:00.000000', 'now', '+25 hours')"
    )
    op.execute(ENDS.format(in_a_day=in_a_day))
    op.create_index(op.f("ix_conversation_wraps_ends_at"), "conversation_wraps", ["ends_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_conversation_wraps_ends_at"), table_name="conversation_wraps")
    op.drop_column("conversation_wraps", "ends_at")
