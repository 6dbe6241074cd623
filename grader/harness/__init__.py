"""Runs the hidden suites with pytest, on engines, and turns its phases into outcomes."""

from grader.harness.bench import Bench, Exchange, Judge
from grader.harness.check import Check
from grader.harness.marks import concept, needs
from grader.harness.oracle import Oracle
from grader.harness.session import Session, collect

__all__ = [
    "Bench",
    "Check",
    "Exchange",
    "Judge",
    "Oracle",
    "Session",
    "collect",
    "concept",
    "needs",
]
