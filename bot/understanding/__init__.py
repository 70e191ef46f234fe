"""What a message means: its language, its vector, its danger."""
