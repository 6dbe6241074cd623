"""The version of the package, that of the git tag it was built from; and PyTorch's."""

from importlib import metadata

try:
    from grader._version import version  # written by the build
except ImportError:  # a tree that was never built; the same as fallback-version in pyproject.toml
    version = "0.1.0.dev0"

__version__: str = version


def torch_version() -> str | None:
    """PyTorch's, without importing it; None where it is not installed."""
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return None
