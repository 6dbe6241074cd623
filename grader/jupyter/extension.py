"""What `%load_ext grader` does, and what undoes it."""

import sys
from pathlib import Path
from typing import Any

from grader.course import load_course
from grader.jupyter.magic import GradeMagics
from grader.jupyter.siblings import SiblingFinder

COMMAND = "%mggrade"


def load(shell: Any) -> None:
    """Lessons beside the notebook can be imported, and there is `%mggrade`."""
    unload(shell)  # a second %load_ext must not leave two of each
    course, folder = load_course(), Path.cwd()
    finder = SiblingFinder(folder, [lesson.file for lesson in course.lessons])
    sys.meta_path.insert(0, finder)
    shell.events.register("pre_run_cell", finder.refresh)
    magics = GradeMagics(shell, folder)
    shell.register_magics(magics)
    shell.events.register("post_run_cell", magics.session.note)
    ids = [name for each in course.lessons for name in (each.id, *(c.id for c in each.concepts))]
    shell.set_hook("complete_command", _completer([*ids, *_OPTIONS]), str_key=COMMAND)


def unload(shell: Any) -> None:
    """Take all of it out again."""
    for finder in [each for each in sys.meta_path if isinstance(each, SiblingFinder)]:
        sys.meta_path.remove(finder)
        _unregister(shell, "pre_run_cell", finder.refresh)
    magics = shell.magics_manager.registry.pop(GradeMagics.__name__, None)
    if magics is not None:
        shell.magics_manager.magics["line"].pop("mggrade", None)
        _unregister(shell, "post_run_cell", magics.session.note)
        magics.close()
    hooks = shell.strdispatchers.get("complete_command")
    if hooks is not None:
        hooks.strs.pop(COMMAND, None)


_OPTIONS = ("--hint", "--all", "--seed", "--help")


def _unregister(shell: Any, event: str, callback: Any) -> None:
    if callback in shell.events.callbacks[event]:
        shell.events.unregister(event, callback)


def _completer(words: list[str]) -> Any:
    def complete(shell: Any, event: Any) -> list[str]:
        """What an id or an option may go on to be."""
        return [word for word in words if word.startswith(event.symbol)]

    return complete
