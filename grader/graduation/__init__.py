"""Graduation: the learner's own lessons as a package of theirs, and the page that celebrates it."""

from grader.graduation.graduate import Graduation, NotYet, graduate

__all__ = ["Graduation", "NotYet", "graduate"]
