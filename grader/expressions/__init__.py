"""Symbols that record a program, and generators of random ones."""

from grader.expressions.draft import Draft, Symbol, exp, graph_of, sin, tanh
from grader.expressions.draw import Draw

__all__ = ["Draft", "Draw", "Symbol", "exp", "graph_of", "sin", "tanh"]
