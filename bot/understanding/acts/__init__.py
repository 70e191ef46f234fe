"""What a message does: facts it tells, feelings, short follow-ups, and what is said in the middle of an emergency."""
