"""The engine's processes: the channel, the agent behind it, and the action server."""
