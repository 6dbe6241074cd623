"""Workflows to hand out, as files: for a learner's repository, for a class."""

from pathlib import Path

WORKFLOWS = Path(__file__).parent
