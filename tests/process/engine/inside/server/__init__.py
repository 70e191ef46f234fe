"""Runs in the engine's environment: what is tested of `engine/server/`."""
