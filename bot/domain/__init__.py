"""Pure rules: no I/O, no await, no clock of its own (the time is an argument)."""
