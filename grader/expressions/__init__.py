"""Symbols that record a program, and generators of random ones."""

from grader.expressions.draft import Draft, Symbol, exp, graph_of, sin, tanh
from grader.expressions.draw import Draw
from grader.expressions.graph import Graph, Vertex, graph_in

__all__ = [
    "Draft",
    "Draw",
    "Graph",
    "Symbol",
    "Vertex",
    "exp",
    "graph_in",
    "graph_of",
    "sin",
    "tanh",
]
