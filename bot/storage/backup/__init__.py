"""Backups: keys and bodies apart, each a stream sealed to a recovery key whose private half is on paper.

Keys (small, kept for days) and bodies (large, kept for long) are files of their own. A conversation that was deleted
has no key in the newest key backup, so that its body in any older file is noise as soon as the last key backup from
before is gone. Tombstones are in the key backup, and are applied to what is restored.
"""
