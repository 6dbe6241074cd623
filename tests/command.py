"""`mggrade` in a process of its own, forked from one that has imported it: nothing starts cold.

What hangs on the start of Python itself (its flags, its streams' encoding, signals that come early)
is tested with `python -m grader`.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

STREAMS = ("stdin", "stdout", "stderr")
# What nearly every command imports when it is called.
WARM = (
    "tests.command",
    "grader.desk",
    "grader.grade",
    "grader.cli.check",
    "grader.cli.explain",
    "grader.render.html",
    "grader.render.text",
)


def mggrade(
    *arguments: object,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    input: str = "",
    timeout: float = 60.0,
) -> "subprocess.CompletedProcess[str]":
    """What `subprocess.run` says of `python -m grader` with these arguments; streams are files."""
    line = [str(each) for each in arguments]
    chosen = dict(os.environ if env is None else env)
    if _of_python(chosen) - _of_python(os.environ):
        return subprocess.run(
            [sys.executable, "-m", "grader", *line], cwd=cwd, env=chosen, input=input,
            timeout=timeout, capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in STREAMS]
        files[0].write_text(input, encoding="utf-8")
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(WARM))
        process = context.Process(
            target=_run,
            args=(line, cwd or Path.cwd(), chosen, files),
        )
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(line, timeout)
        told = [path.read_text(encoding="utf-8") for path in files[1:]]
        return subprocess.CompletedProcess(line, process.exitcode, *told)


def _of_python(env: Mapping[str, str]) -> set[tuple[str, str]]:
    """The variables that Python reads when it starts."""
    return {(name, value) for name, value in env.items() if name.startswith("PYTHON")}


def _run(arguments: list[str], cwd: Path, env: dict[str, str], files: list[Path]) -> None:
    for number, path in enumerate(files):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND if number else os.O_RDONLY
        descriptor = os.open(path, flags)
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin, sys.stdout = open(0, encoding="utf-8"), open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["mggrade", *arguments]
    from grader.__main__ import main

    main()
