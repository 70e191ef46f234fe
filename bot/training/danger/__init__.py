"""Training of the models of danger."""
