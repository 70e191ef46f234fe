"""Ready replies that caseworkers and organisations keep, and the names that persons read."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_replies",
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caseworker"], ["caseworkers.id"], name=op.f("fk_own_replies_caseworker_caseworkers")
        ),
        sa.PrimaryKeyConstraint("caseworker", "name", name=op.f("pk_own_replies")),
    )
    op.create_table(
        "organisation_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_replies")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_organisation_replies_organisation"), "organisation_replies", ["organisation"])
    op.create_table(
        "aliases",
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("line", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["caseworker"], ["caseworkers.id"], name=op.f("fk_aliases_caseworker_caseworkers")),
        sa.PrimaryKeyConstraint("caseworker", name=op.f("pk_aliases")),
    )


def downgrade() -> None:
    op.drop_table("aliases")
    op.drop_index(op.f("ix_organisation_replies_organisation"), table_name="organisation_replies")
    op.drop_table("organisation_replies")
    op.drop_table("own_replies")
