"""The components of Rasa's pipeline: each learns and answers in one class."""
