"""Pictures that a person sends."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name=op.f("fk_pictures_conversation_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation", "seq", name=op.f("pk_pictures")),
    )


def downgrade() -> None:
    op.drop_table("pictures")
