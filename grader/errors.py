"""The project's own exceptions: each is shown as one line and ends with a documented exit code.

Exit codes of the command:

====  ======================================================================
code  meaning
====  ======================================================================
0     everything asked for is complete (or the --fail-under threshold is met)
1     incomplete, or under the threshold
2     the command or the submission can't be used as given
3     the grader itself could not do its work; nothing was scored against anyone
130   interrupted (Ctrl-C, SIGTERM); reports asked for hold what was graded
====  ======================================================================
"""

COMPLETE = 0
INCOMPLETE = 1
USAGE = 2
INFRASTRUCTURE = 3
INTERRUPTED = 130


class GraderError(Exception):
    """Anything that ends a run; the message names the thing and the remedy, in one line."""

    exit_code = INFRASTRUCTURE


class Abandoned(Exception):
    """The caller lost interest before there was a verdict; see `grader.grade.at_desk`."""


class UsageError(GraderError):
    """The call can't be carried out as written: an unknown lesson, a bad option."""

    exit_code = USAGE


class SubmissionError(GraderError):
    """There is nothing to grade at the path given, or it can't be read."""

    exit_code = USAGE


class CourseError(GraderError):
    """course.toml (or what belongs to it) is not valid; the message names key, value, remedy."""

    exit_code = USAGE


class InfrastructureError(GraderError):
    """The grader's own parts failed: never the student's fault, never scored 0."""

    exit_code = INFRASTRUCTURE
