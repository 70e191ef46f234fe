"""One turn of a conversation: what is done with a message or a choice of the person, and in which order."""
