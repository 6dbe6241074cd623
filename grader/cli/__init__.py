"""The command `mggrade`: subcommands loaded when called, errors as one line and an exit code."""

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from grader import __version__
from grader.errors import COMPLETE, INCOMPLETE, INFRASTRUCTURE, INTERRUPTED, GraderError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Name, module and short help, so that `mggrade --help` imports none of them.
COMMANDS = {
    "init": ("grader.cli.init", "Begin the course in a folder."),
    "watch": ("grader.cli.watch", "Check on every save, one concept at a time."),
    "next": ("grader.cli.next", "Show the next task."),
    "check": ("grader.cli.check", "Grade a submission, concept by concept."),
    "explain": ("grader.cli.explain", "Explain why a concept fails."),
    "hint": ("grader.cli.hint", "Give the next hint for a concept."),
    "list": ("grader.cli.list", "Show the map of the course."),
    "solution": ("grader.cli.solution", "Show the course's code for what has passed."),
    "reset": ("grader.cli.reset", "Put gaps back, and keep your code."),
    "progress": ("grader.cli.progress", "Show what you have passed and when."),
    "completion": ("grader.cli.completion", "Teach your shell to complete command lines."),
    "graduate": ("grader.cli.graduate", "Make a package of your own out of your lessons."),
    "grade": ("grader.cli.grade", "Grade a class into its gradebook."),
    "adjust": ("grader.cli.adjust", "Give or take points by hand, or comment."),
    "export": ("grader.cli.export", "Write a class's grades for other programs."),
    "feedback": ("grader.cli.give_back", "Write each student's report, to be given back."),
    "overview": ("grader.cli.overview", "Write a class on one page."),
    "package": ("grader.cli.package", "Package the grader for Gradescope and others."),
    "doctor": ("grader.cli.doctor", "Examine this installation and its isolation."),
    "course": ("grader.cli.course", "For authors: build the exercises, check the course."),
}


class LazyGroup(click.Group):
    """A group that imports a subcommand when it is called, and speaks of faults in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The attribute `command` of the subcommand's module."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of subcommands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """The subcommands that begin like this, from the table, and the options."""
        from click.shell_completion import CompletionItem

        found = [(name, short) for name, (_, short) in COMMANDS.items()]
        items = [
            CompletionItem(name, help=short) for name, short in found if name.startswith(incomplete)
        ]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand; an unknown one gets the nearest name suggested."""
        known = args[0] in COMMANDS or args[0].startswith("-")
        if not known and not ctx.resilient_parsing:  # that is completion, which must be silent
            raise click.UsageError(_unknown_command(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; whatever ends it early becomes one line and an exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except (KeyboardInterrupt, click.Abort):
            _end("interrupted", INTERRUPTED)
        except GraderError as error:
            if ctx.params["debug"]:
                raise
            _end(str(error), error.exit_code)
        except Exception as error:
            if ctx.params["debug"]:
                raise
            what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            _end(f"internal error: {what}; please report it", INFRASTRUCTURE)

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run the command and end the process with its exit code."""
        extra |= {"prog_name": "mggrade", "standalone_mode": False}
        try:
            code = super().main(*args, **extra)
        except click.ClickException as error:
            context = getattr(error, "ctx", None)
            path = context.command_path if context else "mggrade"
            message = error.format_message().rstrip(".")
            if isinstance(error, click.MissingParameter) and "CONCEPT" in message:
                message += ", such as mg3.tanh; mggrade next names the one to go on with"
            _end(f"{message[:1].lower()}{message[1:]} (see {path} --help)", error.exit_code)
        except click.Abort:
            _end("interrupted", INTERRUPTED)
        except BrokenPipeError:  # `mggrade check | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(INCOMPLETE)
        sys.exit(code if isinstance(code, int) else COMPLETE)


EPILOG = """\b
Examples:
  mggrade init micrograd-course    begin the course in a folder of its own
  mggrade next                     the next task, in words
  mggrade watch                    the next task, and a check of every save
  mggrade check                    what works, what doesn't, and what is next
  mggrade explain mg3.tanh         why it is wrong, with a picture
  mggrade check submissions/ada    grade somebody's work

\b
`mggrade COMMAND --help` tells more about each.
"""


@click.command(
    cls=LazyGroup,
    epilog=EPILOG,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False,
    callback=lambda ctx, param, value: _show_version(ctx) if value else None,
    help="Show the versions of the grader and its course, and exit.",
)  # fmt: skip
@click.option("--debug", is_flag=True, hidden=True, help="Show the traceback of an error.")
@click.pass_context
def main(ctx: click.Context, debug: bool) -> None:
    """Learn backpropagation by building micrograd, graded against PyTorch.

    Fill in a function in exercises/, then run `mggrade check` to see what works and what is next;
    or leave `mggrade watch` running, which does so whenever you save. `mggrade` alone tells how
    you stand.
    """
    if ctx.invoked_subcommand is None:
        from grader.cli.home import show

        show(COMMANDS)


def _show_version(ctx: click.Context) -> NoReturn:
    from grader.course import load_course

    course = load_course()
    click.echo(f"mggrade {__version__}, course {course.version} ({course.title})")
    ctx.exit()


def _unknown_command(given: str) -> str:
    import difflib

    near = difflib.get_close_matches(given, COMMANDS, n=1, cutoff=0.5)
    if near:
        return f"no command {given!r}; did you mean {near[0]!r}?"
    if Path(given).exists():
        return f"no command {given!r}; to grade it: mggrade check {given}"
    return f"no command {given!r}; there are: {', '.join(COMMANDS)}"


def _end(message: str, code: int) -> NoReturn:
    """One line on stderr, whatever the message holds, and the exit code."""
    line = " ".join(message.split())
    click.echo(f"mggrade: {''.join(c if c.isprintable() else '?' for c in line)}", err=True)
    sys.exit(code)
