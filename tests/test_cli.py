"""The frame of the command: version, help, subcommands loaded when called."""

import re
import shlex
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from grader import __version__
from grader.cli import COMMANDS, main


def command(*arguments):
    line = [sys.executable, "-m", "grader", *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=60)


def test_version():
    shown = command("--version").stdout
    assert shown == f"mggrade {__version__}, course 1.0 (micrograd, by hand)\n"


def test_help_lists_the_commands():
    result = command("-h")
    assert (result.returncode, result.stderr) == (0, "")
    assert all(f"\n  {name} " in result.stdout for name in COMMANDS)


def test_help_imports_next_to_nothing():
    program = (
        "import sys\nfrom grader.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'rich', 'pytest', 'torch', 'grader.course', 'grader.grade', 'grader.cli.check'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stderr == "[]\n"


def test_every_command_of_the_table_is_there():
    for name, (_, short) in COMMANDS.items():
        result = CliRunner().invoke(main, [name, "--help"], terminal_width=80)
        assert result.exit_code == 0, result.output
        assert all(len(line) <= 80 for line in result.output.splitlines()), result.output
        assert short.endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_every_command_can_be_parsed(name):
    """What stands below `Examples:` in its help is what the command takes."""
    text = CliRunner().invoke(main, [name, "--help"], terminal_width=200).output
    shown = re.compile(rf"^ +(?:\w+ +)?mggrade ({name}\b.*?)(?: > .*| {{2,}}.*)?$", re.MULTILINE)
    examples = shown.findall(text)
    assert examples, text
    for each in examples:
        group, arguments = main, shlex.split(each)
        while isinstance(group, click.Group):
            found = group.get_command(click.Context(group), arguments.pop(0))
            assert found is not None, each
            group = found
        group.make_context(name, arguments)
