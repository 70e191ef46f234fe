"""The fixtures of the office: a gateway's web side without an engine."""

from tests.support.office import office, packages, translating_office

__all__ = ["office", "packages", "translating_office"]
