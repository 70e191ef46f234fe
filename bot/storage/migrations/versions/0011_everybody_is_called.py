"""Whoever waits without danger has a ladder too."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO ladders (case_id, urgency, began_at, rung, due_at) "
        "SELECT id, urgency, waiting_since, 0, waiting_since FROM cases WHERE state = 'waiting' "
        "AND NOT EXISTS (SELECT 1 FROM ladders WHERE ladders.case_id = cases.id AND ladders.ended_at IS NULL)"
    )


def downgrade() -> None:
    """The program of before would call as fast to these as to who is in danger."""
    op.execute("DELETE FROM pages WHERE ladder IN (SELECT id FROM ladders WHERE urgency = 0)")
    op.execute("DELETE FROM ladders WHERE urgency = 0")
