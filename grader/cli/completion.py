"""`mggrade completion`: the script that teaches a shell to complete mggrade's command lines."""

import click

from grader.errors import COMPLETE

EPILOG = """\b
Examples:
  bash  mggrade completion bash > ~/.mggrade.bash
        echo '. ~/.mggrade.bash' >> ~/.bashrc
  zsh   mggrade completion zsh > ~/.mggrade.zsh
        echo '. ~/.mggrade.zsh' >> ~/.zshrc     (below compinit)
  fish  mggrade completion fish > ~/.config/fish/completions/mggrade.fish

\b
Exit codes:
  0  here it is
  2  the command can't be used as given
"""


@click.command("completion", epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the script with which bash, zsh or fish complete commands, options, ids and files.

    Write it to a file once, and have your shell read that file; it speaks in every new terminal.
    bash must be 4.4 or newer.
    """
    from click.shell_completion import get_completion_class

    from grader.cli import main

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(main, {}, "mggrade", "_MGGRADE_COMPLETE")
    click.echo(script.source_template % script.source_vars())
    return COMPLETE
