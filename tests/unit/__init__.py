"""Fast tests by room: no trained model, no process, SQLite at most."""
