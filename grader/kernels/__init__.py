"""Notebooks run for real: sealed kernels, forked from a warm parent, that nbclient executes."""
