"""The rota, escalations and the outbox in the database."""
