"""Cases in the database: queue, claims, transfers, notes, closing."""
