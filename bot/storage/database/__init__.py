"""The database itself: engine, schema, locks, errors."""
