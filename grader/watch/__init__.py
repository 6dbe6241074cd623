"""Checking on every save: what is known, what is shown, and the loop between files and keys."""
