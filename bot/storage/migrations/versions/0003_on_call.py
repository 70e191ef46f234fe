"""On call: ladders and their pages, who is paged where, changes of the rota, and who is at the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("cases", sa.Column("claimed_at", TIME, nullable=True))
    op.add_column("cases", sa.Column("spoke_at", TIME, nullable=True))
    op.create_table(
        "ladders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("rung", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("acknowledged_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("ended", sa.String(length=20), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name=op.f("ck_ladders_ended")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ladders_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladders")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ladders_case_id"), "ladders", ["case_id"], unique=False)
    op.create_index(op.f("ix_ladders_ended_at"), "ladders", ["ended_at"], unique=False)
    op.create_index(
        "uq_ladders_running",
        "ladders",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ladder", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("addressee", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("acknowledged_at", TIME, nullable=True),
        sa.CheckConstraint(
            "state IN ('due', 'sending', 'sent', 'failed', 'dropped')", name=op.f("ck_pages_state")
        ),
        sa.ForeignKeyConstraint(["ladder"], ["ladders.id"], name=op.f("fk_pages_ladder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_pages_ladder_rung_addressee"), "pages", ["ladder", "rung", "addressee"], unique=True
    )
    op.create_index(op.f("ix_pages_state"), "pages", ["state"], unique=False)
    op.create_table(
        "page_addresses",
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["caseworker"], ["caseworkers.id"], name=op.f("fk_page_addresses_caseworker")),
        sa.PrimaryKeyConstraint("caseworker", name=op.f("pk_page_addresses")),
    )
    op.create_table(
        "rota_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", TIME, nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_rota_overrides_order")),
        sa.ForeignKeyConstraint(["caseworker"], ["caseworkers.id"], name=op.f("fk_rota_overrides_caseworker")),
        sa.ForeignKeyConstraint(["made_by"], ["caseworkers.id"], name=op.f("fk_rota_overrides_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_overrides")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rota_overrides_ends_at"), "rota_overrides", ["ends_at"], unique=False)
    op.create_table(
        "hole_warnings",
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("warned_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("starts_at", name=op.f("pk_hole_warnings")),
    )
    op.create_table(
        "presence",
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["caseworker"], ["caseworkers.id"], name=op.f("fk_presence_caseworker")),
        sa.PrimaryKeyConstraint("caseworker", name=op.f("pk_presence")),
    )
    _carry_over()


def _carry_over() -> None:
    """Whoever waits in danger while the program is exchanged gets a ladder; owners are taken to have spoken."""
    op.execute(
        "INSERT INTO ladders (case_id, urgency, began_at, rung, due_at) "
        "SELECT id, urgency, waiting_since, 0, waiting_since FROM cases WHERE state = 'waiting' AND urgency > 0"
    )
    op.execute("DELETE FROM outbox WHERE kind = 'page'")
    op.execute("UPDATE cases SET claimed_at = waiting_since, spoke_at = waiting_since WHERE state = 'owned'")


def downgrade() -> None:
    for table in ("presence", "hole_warnings"):
        op.drop_table(table)
    op.drop_index(op.f("ix_rota_overrides_ends_at"), table_name="rota_overrides")
    op.drop_table("rota_overrides")
    op.drop_table("page_addresses")
    op.drop_index(op.f("ix_pages_state"), table_name="pages")
    op.drop_index(op.f("ix_pages_ladder_rung_addressee"), table_name="pages")
    op.drop_table("pages")
    op.drop_index(
        "uq_ladders_running",
        table_name="ladders",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_ladders_ended_at"), table_name="ladders")
    op.drop_index(op.f("ix_ladders_case_id"), table_name="ladders")
    op.drop_table("ladders")
    op.execute("DELETE FROM outbox WHERE kind <> 'page'")
    op.drop_column("cases", "spoke_at")
    op.drop_column("cases", "claimed_at")
