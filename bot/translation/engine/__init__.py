"""The process that translates: packages, pool, worker and its wire format."""
