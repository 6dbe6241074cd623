"""A class: what was handed in, by whom, graded into a gradebook, and out again."""
