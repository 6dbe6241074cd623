"""The command `mggrade`: subcommands loaded when called, errors as one line and an exit code."""

import importlib
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from grader import __version__
from grader.errors import COMPLETE, INCOMPLETE, INFRASTRUCTURE, INTERRUPTED, GraderError

# Name, module and short help, so that `mggrade --help` imports none of them.
COMMANDS = {
    "check": ("grader.cli.check", "Grade a submission, concept by concept."),
    "explain": ("grader.cli.explain", "Explain why a concept fails."),
    "hint": ("grader.cli.hint", "Give the next hint for a concept."),
    "grade": ("grader.cli.grade", "Grade a class into its gradebook."),
    "adjust": ("grader.cli.adjust", "Give or take points by hand, or comment."),
    "export": ("grader.cli.export", "Write a class's grades for other programs."),
    "feedback": ("grader.cli.give_back", "Write each student's report, to be given back."),
    "overview": ("grader.cli.overview", "Write a class on one page."),
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand; an unknown one gets the nearest name suggested."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
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
            _end(f"{message[:1].lower()}{message[1:]} (see {path} --help)", error.exit_code)
        except click.Abort:
            _end("interrupted", INTERRUPTED)
        except BrokenPipeError:  # `mggrade check | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(INCOMPLETE)
        sys.exit(code if isinstance(code, int) else COMPLETE)


@click.command(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, hidden=True, help="Show the traceback of an error.")
@click.pass_context
def main(ctx: click.Context, debug: bool) -> None:
    """Learn backpropagation by building micrograd, graded against PyTorch.

    Fill in a function in exercises/, then run `mggrade check` to see what works and what is next.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


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
