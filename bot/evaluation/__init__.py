"""Figures on test sentences, and the comparison with a stock Rasa."""
