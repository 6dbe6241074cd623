"""What the grader depends on, in the versions that it was tried with: those installed here."""

from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from grader.platforms.wheel import NAME, installed

TORCH = "torch"


def requirements(torch: bool) -> list[str]:
    """What mggrade asks for by itself, one a line for pip; PyTorch only where it is wanted."""
    wanted = (Requirement(each) for each in installed().requires or ())
    return sorted(
        str(each) for each in wanted if not _of_an_extra(each) and (torch or each.name != TORCH)
    )


def constraints(torch: bool) -> list[str]:
    """The exact version of all that comes along with that, one a line for pip. What only other
    platforms or Pythons need is not known here, and left to pip."""
    left, found = [NAME], dict[str, str]()
    while left:
        for requirement in _asked_by(left.pop()):
            name = canonicalize_name(requirement.name)
            if name in found or (name == TORCH and not torch):
                continue
            try:
                version = metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
            found[name] = Version(version).public  # pip reads 2.13.0 as any build of it, +cpu too
            left.append(name)
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def _asked_by(name: str) -> Iterator[Requirement]:
    for each in metadata.distribution(name).requires or ():
        requirement = Requirement(each)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def _of_an_extra(requirement: Requirement) -> bool:
    """Whether it is only asked for together with an extra, such as mggrade[cluster]."""
    return requirement.marker is not None and "extra" in str(requirement.marker)
