"""What pip installs this very mggrade by, elsewhere."""

import json
import shlex
from importlib import metadata

from packaging.version import Version

from grader.version import __version__

NEWEST = "mggrade"


def requirement() -> str:
    """A word for the shell, after `pip install`: the version, if it is a released one; else the
    commit that it was installed from; else NEWEST, since nobody else has what lies in a clone."""
    version = Version(__version__)
    if not version.is_devrelease and version.local is None:
        return f"mggrade=={__version__}"
    return shlex.quote(_from_a_repository() or NEWEST)


def _from_a_repository() -> str | None:
    """`mggrade @ git+https://…@commit`, as pip wrote it down (PEP 610)."""
    try:
        text = metadata.distribution("mggrade").read_text("direct_url.json")
        told = json.loads(text or "{}")
        vcs = told["vcs_info"]
        return f"mggrade @ {vcs['vcs']}+{told['url']}@{vcs['commit_id']}"
    except (metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
        return None
