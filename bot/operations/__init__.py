"""What keeps the gateway running: the supervisor of the engine, and the daily upkeep."""
