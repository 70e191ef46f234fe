"""Tests that start gateways, engines or PostgreSQL, or serve the whole web side."""
