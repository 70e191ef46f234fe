"""Encryption of what is stored: envelopes, message bodies, return codes, recovery words."""
