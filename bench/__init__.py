"""Measurements, each beside its baseline in the same run on the same machine. Nothing here is a test."""
