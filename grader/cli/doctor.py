"""`mggrade doctor`: what this installation has, and what a worker here is denied."""

import itertools

import click

from grader.errors import COMPLETE, INFRASTRUCTURE

EPILOG = """\b
Examples:
  mggrade doctor          look at everything
  mggrade doctor --json   the same for a program

\b
Exit codes:
  0  everything is there, and the worker was denied everything it tried
  3  something is missing; each such line says what to do
"""


@click.command("doctor", epilog=EPILOG)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def command(as_json: bool) -> int:
    """Examine this installation: versions, cache, isolation.

    A canary worker, sealed like one that runs student code, tries to open files, to start
    processes, to reach the network and to look into other processes.
    """
    from grader.course import load_course
    from grader.doctor import examine

    findings = examine(load_course())
    healthy = all(finding.good is not False for finding in findings)
    if as_json:
        import dataclasses
        import json

        from grader.cli.output import write_stdout

        listed = [dataclasses.asdict(finding) for finding in findings]
        write_stdout(json.dumps({"healthy": healthy, "findings": listed}, indent=2) + "\n")
        return COMPLETE if healthy else INFRASTRUCTURE
    from rich.text import Text

    from grader.cli.output import console

    screen = console()
    for section, members in itertools.groupby(findings, key=lambda finding: finding.section):
        screen.print(Text(section, style="bold"))
        for finding in members:
            mark, style = _MARKS[finding.good]
            line = Text(f"  {mark} ", style=style)
            line.append(f"{finding.name:<22} ", style="")
            line.append(finding.value, style="" if finding.good is not False else style)
            screen.print(line, soft_wrap=True)
            if finding.remedy:
                screen.print(Text(f"      {finding.remedy}", style="dim"), soft_wrap=True)
    return COMPLETE if healthy else INFRASTRUCTURE


_MARKS = {None: ("·", "dim"), True: ("✓", "green"), False: ("✗", "red")}
