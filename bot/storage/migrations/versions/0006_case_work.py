"""Work on a case: offers to a colleague, notes, follow-ups, what a caseworker can do."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_index(op.f("ix_cases_closed_at"), "cases", ["closed_at"])
    op.create_table(
        "case_offers",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("colleague", sa.Integer(), nullable=False),
        sa.Column("offered_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_offers_case_id")),
        sa.ForeignKeyConstraint(["colleague"], ["caseworkers.id"], name=op.f("fk_case_offers_colleague")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_offers")),
    )
    op.create_index(op.f("ix_case_offers_colleague"), "case_offers", ["colleague"])
    op.create_table(
        "case_plans",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("envelope", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_plans_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_plans")),
    )
    op.create_index(op.f("ix_case_plans_follow_up_on"), "case_plans", ["follow_up_on"])
    op.create_table(
        "case_notes",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_notes_case_id")),
        sa.ForeignKeyConstraint(["author"], ["caseworkers.id"], name=op.f("fk_case_notes_author")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_case_notes")),
    )
    op.create_table(
        "caseworker_skills",
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.SmallInteger(), nullable=True),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["caseworker"], ["caseworkers.id"], name=op.f("fk_caseworker_skills_caseworker")),
        sa.PrimaryKeyConstraint("caseworker", name=op.f("pk_caseworker_skills")),
    )


def downgrade() -> None:
    for table in ("caseworker_skills", "case_notes", "case_plans", "case_offers"):
        op.drop_table(table)
    op.drop_index(op.f("ix_cases_closed_at"), table_name="cases")
