"""The untrusted side: the process that holds a student's code and nothing of the grader's.

Only the standard library is used here (and Jupyter, by what becomes a notebook's kernel), and
nothing else of the project: the sandbox starts this folder as a top-level package `worker` in a
separate interpreter and speaks to it over a pipe.
"""
