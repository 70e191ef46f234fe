"""The page and the API of the person who writes, with and without scripts."""
