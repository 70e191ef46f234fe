"""Tests of what the trained models understand."""
