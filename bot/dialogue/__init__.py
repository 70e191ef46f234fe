"""Talking with the engine, and what is said when it is dead."""
