"""Doors that are not our own web page."""
