"""Workflows to hand out, as files: for a learner's repository, for a class."""
