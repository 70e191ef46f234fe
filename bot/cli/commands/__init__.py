"""What the command line does, one job a module; `bot/cli/app.py` only parses."""
