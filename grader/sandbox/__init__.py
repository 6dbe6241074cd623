"""The trusted side of the pipe: zygotes, workers, deadlines, and death turned into outcomes."""

from grader.sandbox.engine import Engine, Loaded
from grader.sandbox.reply import Fault, Reply
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.sources import Graft, Source

__all__ = ["Engine", "Fault", "Graft", "Loaded", "Reply", "Sandbox", "Source"]
