"""Organisations of one installation, the summary line of a case, deadlines, and links between cases."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
FIRST = sa.text("1")


def upgrade() -> None:
    made = op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name_key", name=op.f("uq_organisations_name_key")),
        sqlite_autoincrement=True,
    )
    # not by its number: PostgreSQL's counter has to know of it
    op.bulk_insert(made, [{"name": "Inloop", "name_key": "inloop"}])
    for table in ("caseworkers", "invites", "cases"):
        op.add_column(table, sa.Column("organisation", sa.Integer(), server_default=FIRST, nullable=False))
    op.add_column("cases", sa.Column("handed_from", sa.Integer(), nullable=True))
    op.drop_index(op.f("ix_cases_state_urgency_waiting_since"), table_name="cases")
    op.create_index(
        op.f("ix_cases_state_organisation_urgency_waiting_since"),
        "cases",
        ["state", "organisation", "urgency", "waiting_since"],
    )
    op.create_index(op.f("ix_cases_conversation"), "cases", ["conversation"])
    _warnings("organisation")
    op.create_table(
        "case_summaries",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_summaries_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_summaries")),
    )
    op.create_table(
        "case_deadlines",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_deadlines_case_id")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_case_deadlines")),
    )
    op.create_index(op.f("ix_case_deadlines_due_on"), "case_deadlines", ["due_on"])
    op.create_table(
        "case_links",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_links_case_id")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_case_links")),
    )


def downgrade() -> None:
    op.drop_table("case_links")
    op.drop_index(op.f("ix_case_deadlines_due_on"), table_name="case_deadlines")
    op.drop_table("case_deadlines")
    op.drop_table("case_summaries")
    _warnings("")
    op.drop_index(op.f("ix_cases_state_organisation_urgency_waiting_since"), table_name="cases")
    op.create_index(op.f("ix_cases_state_urgency_waiting_since"), "cases", ["state", "urgency", "waiting_since"])
    op.drop_index(op.f("ix_cases_conversation"), table_name="cases")
    op.drop_column("cases", "handed_from")
    for table in ("cases", "invites", "caseworkers"):
        op.drop_column(table, "organisation")
    op.drop_table("organisations")


def _warnings(more: str) -> None:
    """The table of warned holes anew, with another key: a hole is one of an organisation."""
    op.rename_table("hole_warnings", "hole_warnings_before")
    if op.get_bind().dialect.name == "postgresql":  # the name of a key is taken there until its table goes
        op.execute("ALTER TABLE hole_warnings_before DROP CONSTRAINT pk_hole_warnings")
    key = [sa.Column(more, sa.Integer(), server_default=FIRST, nullable=False)] if more else []
    op.create_table(
        "hole_warnings",
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("warned_at", TIME, nullable=False),
        *key,
        sa.PrimaryKeyConstraint("starts_at", *([more] if more else []), name=op.f("pk_hole_warnings")),
    )
    op.execute(
        "INSERT INTO hole_warnings (starts_at, warned_at) "
        "SELECT starts_at, max(warned_at) FROM hole_warnings_before GROUP BY starts_at"
    )
    op.drop_table("hole_warnings_before")
