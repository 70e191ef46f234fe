"""The table definitions, by subject."""
