"""The frame of the command: version, help, subcommands loaded when called."""

import subprocess
import sys

from click.testing import CliRunner

from grader import __version__
from grader.cli import COMMANDS, main


def command(*arguments):
    line = [sys.executable, "-m", "grader", *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=60)


def test_version():
    shown = command("--version").stdout
    assert shown == f"mggrade {__version__}, course 1.0 (micrograd, by hand)\n"


def test_no_command_shows_the_help():
    result = command()
    assert result.returncode == 0
    assert result.stdout == command("-h").stdout
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
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0, result.output
        assert short.endswith(".")
