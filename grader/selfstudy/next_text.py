"""The one next task on a terminal: where it is, what it asks for, what to do."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from grader.model import State
from grader.render.lines import out_of, safe, wrapped
from grader.render.prose import plain, prose_lines
from grader.selfstudy.map_text import CHECK, LOOKS, goal
from grader.selfstudy.section import Section
from grader.selfstudy.standing import UNCHECKED, Standing

HINTS = 3


def task_lines(
    stands: Standing, text: Section | None, console: Console, whole: bool, path: str
) -> Iterator[Text]:
    """All there is to say before one begins. `whole`: the section, not its task alone. `path`:
    where the lessons are, for the commands that are told; empty for the usual place."""
    concept = stands.concept
    glyph, word, style = LOOKS[stands.state]
    head = Text(safe(concept.title), "bold").append(f" · {concept.id}", "not bold dim")
    head.append("   ").append(f"{glyph} {word}", f"not bold {style}")
    head.append(f"   {out_of(stands.earned, concept.points)}", "not bold")
    yield from wrapped(console, head, 0, 2)
    yield from wrapped(console, Text(safe(goal(stands)), "cyan"), 0, 2)
    if text is not None:
        yield Text()
        if plain(text.heading) != concept.title:
            yield Text(plain(text.heading), "bold")
            yield Text()
        yield from prose_lines(text.paragraphs if whole else text.task, console)
    yield Text()
    for sentence in _what_to_do(stands, text, whole, f" {path}" if path else ""):
        yield from wrapped(console, sentence, 0)


def _what_to_do(stands: Standing, text: Section | None, whole: bool, path: str) -> Iterator[Text]:
    concept, known = stands.concept, stands.known
    if stands.problem and stands.path:
        yield Text(f"{safe(stands.path.name)} {safe(stands.problem)}.")
        yield Text("Then: ").append(f"{CHECK}{path}", "cyan")
    elif stands.gap and stands.state == State.TODO:
        gap = f'raise NotImplementedError("{concept.id}")'
        yield Text("Put your own lines in the place of ").append(gap, "cyan").append(", and save.")
        yield Text("Then: ").append(f"{CHECK}{path}", "cyan")
    elif stands.state == State.TODO:
        yield Text("There is no gap here: what you have written so far is put to the test.")
        yield Text("Try it: ").append(f"{CHECK}{path}", "cyan")
    elif stands.state == UNCHECKED or stands.stale:
        changed = Text("It has changed since the last check. How is it now? ")
        yield changed.append(f"{CHECK}{path}", "cyan")
    else:
        said = f"The last check said: {safe(known.says)}"
        yield Text(said if known.says else "It is not done yet.")
        yield Text("Why: ").append(f"mggrade explain {concept.id}{path}", "cyan")
    taken = min(known.hints, HINTS)
    hint = f"mggrade hint {concept.id}{path}"
    if taken < HINTS:
        which = "the first of 3 hints" if not taken else f"hint {taken + 1} of 3"
        yield Text(f"Stuck? Take {which}: ").append(hint, "cyan")
    else:
        yield Text("Stuck? You have all 3 hints; again: ").append(f"{hint} --all", "cyan")
    if text is not None and not whole and text.task != text.paragraphs:
        yield Text("The whole section is in the file, above the gap; or: ").append(
            f"mggrade next{path} --full", "cyan"
        )
