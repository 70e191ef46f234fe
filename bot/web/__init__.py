"""What browsers reach: the visitor page and API, the desk, and what guards both."""
