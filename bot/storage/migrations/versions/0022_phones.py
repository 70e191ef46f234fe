"""The browsers in which caseworkers are paged."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phones",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.Column("session", sa.LargeBinary(), nullable=False),
        sa.Column("device", sa.String(length=10), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["caseworker"], ["caseworkers.id"], name=op.f("fk_phones_caseworker_caseworkers")),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_phones")),
    )
    op.create_index(op.f("ix_phones_caseworker"), "phones", ["caseworker"])
    op.create_index(op.f("ix_phones_session"), "phones", ["session"])


def downgrade() -> None:
    op.drop_index(op.f("ix_phones_session"), table_name="phones")
    op.drop_index(op.f("ix_phones_caseworker"), table_name="phones")
    op.drop_table("phones")
