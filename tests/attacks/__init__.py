"""Attacks on the grader, one a file, harmless by construction; see tests/test_attacks.py."""
