"""The grader as a package for a platform: made here, run in the platform's container."""

from grader.platforms.package import Package, pack
from grader.platforms.settings import PLATFORMS, Settings

__all__ = ["PLATFORMS", "Package", "Settings", "pack"]
