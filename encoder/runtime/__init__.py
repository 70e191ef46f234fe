"""What encodes and scores, and what a Rasa component learns with: it learns and answers in one class."""
