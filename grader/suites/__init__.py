"""The hidden suites: one file a lesson, run by pytest in the trusted process.

A check takes `check` and, for random inputs, `draw`; it carries `@concept("…")`, never points.
"""
