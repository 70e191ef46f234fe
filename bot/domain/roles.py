"""What a caseworker, a coordinator and an administrator may do. Whoever is none of these may do nothing."""

from __future__ import annotations

CASEWORKER, COORDINATOR, ADMINISTRATOR = "caseworker", "coordinator", "administrator"
ROLES = (CASEWORKER, COORDINATOR, ADMINISTRATOR)


def works_on_cases(role: str) -> bool:
    """Sees the queue, takes cases, and has the team's key. An administrator has no key that opens a conversation."""
    return role in (CASEWORKER, COORDINATOR)


def supervises(role: str) -> bool:
    """May look at a case of a colleague, with a reason; reads the log and the figures."""
    return role == COORDINATOR


def manages_people(role: str) -> bool:
    """Invites, changes roles, ends access."""
    return role in (COORDINATOR, ADMINISTRATOR)
