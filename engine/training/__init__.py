"""Learning the dialogue model: offline, and imported by nothing that answers."""
