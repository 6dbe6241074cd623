"""`pytest --mggrade`, an entry point of pytest: without the option, nothing is imported or done."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one option."""
    parser.getgroup("mggrade").addoption(
        "--mggrade",
        action="store_true",
        help="collect the lessons of the course: a test for every concept, graded by mggrade",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect lessons only where that was asked for."""
    if config.getoption("--mggrade"):
        from grader.pytest_plugin.concepts import Concepts

        config.pluginmanager.register(Concepts(), "mggrade-concepts")
