"""One concept's feedback as Markdown, for a notebook: what happened, how to think, where to look.

Whatever a submission wrote is shown and never obeyed: lines of code in fences, names in code spans,
and every other sign that Markdown, HTML or MathJax may read as more than itself as an entity.
"""

import re
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from grader.model import ConceptResult, Diagnosis, Outcome, State
from grader.render.failure import case_lines, failure_lines
from grader.render.lines import out_of
from grader.render.states import STATES, first_to_mend
from grader.render.untrusted import inert


def feedback_markdown(concept: ConceptResult, console: Console, cell: int | None) -> str:
    """What there is to say about a concept; `cell` is the number of the code cell above."""
    return "\n\n".join(_paragraphs(concept, console, cell))


def _paragraphs(concept: ConceptResult, console: Console, cell: int | None) -> Iterator[str]:
    glyph, word, _ = STATES.get(concept.state, ("?", str(concept.state), ""))
    score = out_of(concept.earned, concept.possible)
    yield f"**{glyph} {prose(concept.title)}** · {code(concept.id)} · {word} · {score} points"
    if concept.state is State.PASSED:
        carried = ", with the reference's earlier code" if concept.carried else ""
        yield f"PyTorch agrees{carried}."
        return
    diagnosis, check = concept.diagnosis, first_to_mend(concept)
    if concept.state is State.TODO and diagnosis is None:
        yield "The gap is still there: this one waits for you."
    elif diagnosis is not None:
        yield f"**What happened.** {prose(diagnosis.sentence)}"
        if diagnosis.think:
            yield f"**How to think about it.** {prose(diagnosis.think)}"
        if diagnosis.facts:
            facts = (f"- {prose(each)}" for each in diagnosis.facts)
            yield "**Certain from your source.**\n\n" + "\n".join(facts)
    else:
        yield "**What happened.**" if check else "**What happened.** None of its checks was run."
    if diagnosis is not None and diagnosis.case is not None:
        yield fence(case_lines(console, diagnosis.case, 0))
    elif check is not None and check.outcome is not Outcome.TODO:
        yield fence(failure_lines(console, check, 0, verbose=True))
    place = _place(concept, diagnosis, cell)
    if place:
        yield f"**Where to look.** {place}"
    more = f"A hint: {code(f'mggrade hint {concept.id}')}"
    if diagnosis is not None:
        more += f" · every number: {code(f'mggrade explain {concept.id}')}"
    yield more


def fence(lines: Iterable[Text]) -> str:
    """Lines of code between fences longer than any that is in them."""
    text = inert("\n".join(line.plain.rstrip() for line in lines))
    ticks = "`" * max(3, _longest_run(text) + 1)
    return f"{ticks}\n{text}\n{ticks}"


def code(text: str) -> str:
    """A code span, on one line."""
    text = " ".join(inert(text, longest=200).split())
    ticks = "`" * (_longest_run(text) + 1)
    room = " " if not text or text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{room}{text}{room}{ticks}"


def prose(text: str) -> str:
    """A sentence, as Markdown that says just that."""
    text = " ".join(inert(text).split())
    return re.sub(r"[^\w\s,.;!?'()-]|_|(?<=www)\.", _entity, text, flags=re.IGNORECASE)


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _entity(match: re.Match[str]) -> str:
    """MathJax reads a page once more when it is made; what is within <code> it passes over."""
    sign = match[0]
    if not sign.isascii():
        return sign
    return f"<code>&#{ord(sign)};</code>" if sign in "$\\" else f"&#{ord(sign)};"


def _place(concept: ConceptResult, diagnosis: Diagnosis | None, cell: int | None) -> str | None:
    """File and line, or the line of the cell above: the diagnosis's, else where to go on."""
    place = concept.place
    if diagnosis is not None and diagnosis.file is not None:
        match = re.fullmatch(r"(.*?)(?:, |\[)cell (\d+)\]?", diagnosis.file)
        file, number = (match[1], int(match[2])) if match else (diagnosis.file, None)
        line = diagnosis.line
        function = place.function if place and place.line == line else None
    elif place is not None:
        file, number, line, function = place.file, place.cell, place.line, place.function
    else:
        return None
    if number is not None and number == cell:
        parts = [f"Line {line} of the code cell above" if line else "The code cell above"]
    else:
        parts = [code(file)]
        parts += [f"cell {number} (feedback not counted)"] if number is not None else []
        parts += [f"line {line}"] if line is not None else []
    return ", ".join([*parts, *([f"in {code(function)}"] if function else [])]) + "."
