"""Passkeys, recovery codes, and sessions that are listed and know when their password was last given."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
OTHER = sa.text("'other'")


def upgrade() -> None:
    op.add_column("desk_sessions", sa.Column("confirmed_at", TIME, nullable=True))
    op.add_column("desk_sessions", sa.Column("device", sa.String(length=10), server_default=OTHER, nullable=False))
    op.create_table(
        "passkeys",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["caseworker"], ["caseworkers.id"], name=op.f("fk_passkeys_caseworker_caseworkers")),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_passkeys")),
    )
    op.create_index(op.f("ix_passkeys_caseworker"), "passkeys", ["caseworker"])
    op.create_table(
        "recovery_codes",
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caseworker"], ["caseworkers.id"], name=op.f("fk_recovery_codes_caseworker_caseworkers")
        ),
        sa.PrimaryKeyConstraint("caseworker", "hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "used_challenges",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_used_challenges")),
    )
    op.create_index(op.f("ix_used_challenges_expires_at"), "used_challenges", ["expires_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_used_challenges_expires_at"), table_name="used_challenges")
    op.drop_table("used_challenges")
    op.drop_table("recovery_codes")
    op.drop_index(op.f("ix_passkeys_caseworker"), table_name="passkeys")
    op.drop_table("passkeys")
    op.drop_column("desk_sessions", "device")
    op.drop_column("desk_sessions", "confirmed_at")
