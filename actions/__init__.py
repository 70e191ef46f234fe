"""What the dialogue says, as keys; the words stand in the gateway.

Every action is pure: it reads the tracker, sends one JSON message ``{"key", "values", "choices",
"requests"}`` and sets slots. No network, no files, no clock.
"""
