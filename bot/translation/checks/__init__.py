"""Checks of a translation: what of the original (names, numbers, dates, times) is not in it."""
