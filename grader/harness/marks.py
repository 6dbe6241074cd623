"""The marks a check carries."""

import pytest


def concept(concept_id: str) -> pytest.MarkDecorator:
    """`@concept("mg3.tanh-backward")`: the concept that a check speaks for. Never points."""
    return pytest.mark.concept(concept_id)


def needs(*names: str) -> pytest.MarkDecorator:
    """`@needs("Value.tanh")`: in a stranger's micrograd, run only if these names are defined.

    `@needs("lesson")`: never run there, because the course alone asks for it.
    """
    return pytest.mark.needs(*names)
