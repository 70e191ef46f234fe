"""Everything that is learned: `run.py` trains what is not trained yet."""
