"""The version of the package: that of the git tag it was built from."""

try:
    # Written by the build.
    from grader._version import version as __version__  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # a tree that was never built; the same as fallback-version in pyproject.toml
    __version__ = "0.1.0"
