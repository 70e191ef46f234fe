"""What the command line does, one job a module; `bot/cli.py` only parses."""
