"""What wakes browsers up. Losing a wake-up makes a page slower, never wrong: the facts are in the database."""
