"""Roles and invitations in two steps, the audit log, and the figures."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NO = sa.false()


def upgrade() -> None:
    op.add_column("installation", sa.Column("renewal_due", sa.Boolean(), server_default=NO, nullable=False))
    op.add_column("caseworkers", sa.Column("pending", sa.Boolean(), server_default=NO, nullable=False))
    op.add_column("cases", sa.Column("danger_at", TIME, nullable=True))
    op.add_column("cases", sa.Column("counted", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("conversations", sa.Column("counted", sa.Boolean(), server_default=NO, nullable=False))
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("deed", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.Integer(), nullable=True),
        sa.Column("case_number", sa.String(length=10), nullable=True),
        sa.Column("subject", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("moment", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"])
    op.create_index(op.f("ix_audit_log_case_number"), "audit_log", ["case_number"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "last": 0, "hash": bytes(32)}])
    op.create_table(
        "figures",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "kind", "key", name=op.f("pk_figures")),
    )


def downgrade() -> None:
    op.drop_table("figures")
    op.drop_table("audit_head")
    op.drop_index(op.f("ix_audit_log_case_number"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_at"), table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_column("conversations", "counted")
    op.drop_column("cases", "counted")
    op.drop_column("cases", "danger_at")
    op.drop_column("caseworkers", "pending")
    op.drop_column("installation", "renewal_due")
