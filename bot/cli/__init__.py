"""The command line: parsing and printing; what a command does is in `commands/`."""
