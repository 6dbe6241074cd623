"""The version of the package: that of the git tag it was built from."""

try:
    from grader._version import version  # written by the build
except ImportError:  # a tree that was never built; the same as fallback-version in pyproject.toml
    version = "0.1.0.dev0"

__version__: str = version
