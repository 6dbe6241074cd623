"""One concept explained: what happened, how to think about it, where to look, the numbers."""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader.model import Case, ConceptResult, Diagnosis, State
from grader.render.curve_text import curve_lines
from grader.render.failure import failure_lines
from grader.render.graph_text import graph_lines, share_lines
from grader.render.lines import is_number, lines_of, number_pair, out_of, safe, scalar, wrapped
from grader.render.rows import WIDEST
from grader.render.states import STATES, first_to_mend

ALL_HINTS = 3


def render_explain(
    concept: ConceptResult,
    console: Console,
    hint: str | None = None,
    taken: int = 0,
    path: str = "",
    ask: str = "",
) -> None:
    """Print all that is known of a concept's failure; of a passed one, that it passed.

    hint: the hint that was taken last. taken: how many of the three have been.
    path: the submission as it was named on the command line, for the commands that are told.
    ask: in a live session: how to ask for a hint there.
    """
    for line in _lines(concept, console, hint, taken, path, ask):
        line.rstrip()
        console.print(line, soft_wrap=True, highlight=False)


def _lines(
    concept: ConceptResult, console: Console, hint: str | None, taken: int, path: str, ask: str
) -> Iterator[Text]:
    yield from _head(concept, console)
    if concept.state is State.PASSED:
        yield from _said(console, _praise(concept))
        return
    if concept.state is State.TODO and concept.diagnosis is None:
        yield from _said(console, "The gap is still there: nothing to explain yet.")
        yield from _where(console, concept, None)
    elif concept.diagnosis is None:
        yield from _plain_failure(console, concept)
    else:
        yield from _diagnosed(console, concept, concept.diagnosis, live=bool(ask))
    if concept.curve is not None:
        yield from _titled("The loss, step by step", curve_lines(concept.curve, _width(console)))
    command = ask or f"mggrade hint {concept.id} {safe(path)}".rstrip()
    yield from _hints(console, command, hint, taken)


def _head(concept: ConceptResult, console: Console) -> Iterator[Text]:
    glyph, word, style = STATES.get(concept.state, ("?", str(concept.state), ""))
    score = out_of(concept.earned, concept.possible)
    right = Text(f"{glyph} {word}", style).append(f"   {score}", "default")
    left = Text(safe(concept.title), "bold").append(f" · {concept.id}", "not bold dim")
    room = _width(console) - left.cell_len - right.cell_len
    if room > 1:
        yield left.append(" " * room).append_text(right)
    else:
        yield from wrapped(console, left, 0, 2)
        yield right


def _praise(concept: ConceptResult) -> str:
    count = len(concept.checks)
    checks = {1: "the one check", 2: "both checks"}.get(count, f"all {count} checks")
    carried = ", with the reference's earlier code" if concept.carried else ""
    return f"PyTorch agrees in {checks}{carried}. There is nothing to explain: well done."


def _plain_failure(console: Console, concept: ConceptResult) -> Iterator[Text]:
    """What went wrong first, where there is no diagnosis."""
    check = first_to_mend(concept)
    if check is None:
        yield from _said(console, "None of its checks has been run.")
        return
    yield Text()
    yield Text("What happened", "bold")
    yield from failure_lines(console, check, 0, verbose=True)
    if check.place is None:
        yield from _where(console, concept, None)


def _diagnosed(
    console: Console, concept: ConceptResult, diagnosis: Diagnosis, live: bool
) -> Iterator[Text]:
    yield from _titled("What happened", _paragraph(console, diagnosis.sentence))
    if diagnosis.think:
        yield from _titled("How to think about it", _paragraph(console, diagnosis.think))
    if diagnosis.ties:
        others = ", ".join(safe(each).replace(" + ", " and ") for each in diagnosis.ties)
        text = f"Not the only answer: these explain the numbers just as well: {others}."
        yield from _said(console, text)
    yield from _where(console, concept, diagnosis)
    if diagnosis.facts:
        yield from _titled("Certain from your source", _listed(console, diagnosis.facts))
    case, check = diagnosis.case, first_to_mend(concept)
    if case is not None:
        yield from _case(console, case, live)
    elif check is not None:
        yield from _titled("Where it shows", failure_lines(console, check, 0, verbose=True))


def _where(console: Console, concept: ConceptResult, diagnosis: Diagnosis | None) -> Iterator[Text]:
    """File and line to look at: the diagnosis's, else where to go on working."""
    place = None if concept.place is None else str(concept.place)
    if diagnosis is not None and diagnosis.file is not None:
        inside = concept.place.function if concept.place else None
        file = diagnosis.file.replace("[cell ", ", cell ").removesuffix("]")
        place = file if diagnosis.line is None else f"{file}, line {diagnosis.line}"
        if inside and concept.place and concept.place.line == diagnosis.line:
            place += f", in {inside}"
    if place is not None:
        yield from _titled("Where to look", wrapped(console, Text(safe(place), "cyan"), 0, 2))


def _case(console: Console, case: Case, live: bool) -> Iterator[Text]:
    """The lines to paste stand at the left edge, in one piece each, so that they can be."""
    lines = [Text(line) for line in lines_of(case.program, 60)]
    title = "Try it yourself: start Python beside your files, and paste"
    if live:  # what is to be imported is there
        title = "Try it yourself: paste this into a cell of its own"
        lines = [line for line in lines if not line.plain.startswith("from ")]
    yield from _titled(title, iter(lines))
    right = "PyTorch" if case.judge == "PyTorch" else "the right one"
    shown = _short(case.shown)
    yours, expected = map(_short, _pair(case))
    verdict = Text("# ", "dim").append(f"{shown}: ")
    verdict.append(f"yours is {yours}", "red").append(", ")
    yield verdict.append(f"{right} {'says' if right == 'PyTorch' else 'is'} {expected}", "green")
    if case.nodes:
        graph = graph_lines(case, console.width)
        yield from _titled("The graph, backwards from its result", graph)
        shares = list(share_lines(case))
        if shares:
            title = f"What should arrive in {shown}: upstream gradient × local derivative"
            yield from _titled(title, iter(shares), console)


def _hints(console: Console, command: str, hint: str | None, taken: int) -> Iterator[Text]:
    if hint is not None and taken:
        title = f"Your hint ({min(taken, ALL_HINTS)} of {ALL_HINTS})"
        yield from _titled(title, _paragraph(console, hint))
    if taken >= ALL_HINTS:
        told, command = f"All {ALL_HINTS} hints are taken; to read them again:", f"{command} --all"
    elif taken:
        told = f"{taken} of {ALL_HINTS} hints taken; the next:"
    else:
        told = f"No hint taken yet; the first of {ALL_HINTS}:"
    yield Text()
    if cell_len(f"{told} {command}") <= _width(console):
        yield Text(f"{told} {command}", "dim")
    else:  # a command stays in one piece
        yield Text(told, "dim")
        yield Text(f"  {command}", "dim")


def _titled(title: str, lines: Iterator[Text], console: Console | None = None) -> Iterator[Text]:
    """A title and what stands under it; with a console, a title that may need a second line."""
    yield Text()
    yield from [Text(title, "bold")] if console is None else _paragraph(console, title, "bold")
    yield from lines


def _said(console: Console, text: str, style: str = "") -> Iterator[Text]:
    """A paragraph without a title."""
    yield Text()
    yield from _paragraph(console, text, style)


def _paragraph(console: Console, text: str, style: str = "") -> Iterator[Text]:
    for line in Text(_safe_words(text), style).wrap(console, _width(console), overflow="fold"):
        line.rstrip()
        yield line


def _listed(console: Console, sentences: tuple[str, ...]) -> Iterator[Text]:
    for sentence in sentences:
        yield from wrapped(console, Text(f"· {_safe_words(sentence)}"), 0, 2)


def _safe_words(text: str) -> str:
    """A sentence of any length; each of its words made safe."""
    return " ".join(safe(word) for word in text.split())


def _short(text: str) -> str:
    """At most forty characters of it."""
    text = safe(text)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _width(console: Console) -> int:
    return max(20, min(console.width, WIDEST))


def _pair(case: Case) -> tuple[str, str]:
    if is_number(case.actual) and is_number(case.expected):
        return number_pair(case.actual, case.expected)
    return scalar(case.actual) or "no number", scalar(case.expected) or "no number"
