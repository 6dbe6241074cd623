"""Lessons that build on each other, merged into plain modules: source to source, nothing is run."""

from grader.merging.merge import Merged, MergeError, Plan, merge

__all__ = ["MergeError", "Merged", "Plan", "merge"]
