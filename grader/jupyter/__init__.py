"""mggrade inside Jupyter and IPython: `%load_ext grader`, then `%mggrade`.

The kernel belongs to the learner's code; so here cells are only gathered and answers shown. Grading
is the work of a process of its own, `python -m grader.jupyter`.
"""
