"""The audit log and the statistics in the database."""
