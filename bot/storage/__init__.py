"""Storage: tables, sealing, and the one `Store` that everything else asks."""
