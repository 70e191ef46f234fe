"""At the start of a shift its caseworker is told how many wait, once."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shift_notices",
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["caseworker"], ["caseworkers.id"], name=op.f("fk_shift_notices_caseworker")),
        sa.PrimaryKeyConstraint("starts_at", "caseworker", name=op.f("pk_shift_notices")),
    )


def downgrade() -> None:
    op.drop_table("shift_notices")
    op.execute("DELETE FROM outbox WHERE kind = 'shift'")
