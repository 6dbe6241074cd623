"""What there is to say about one check: the program, your number beside PyTorch's, your line."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from grader.model import Case, CheckResult, ConceptResult, Diagnosis, Outcome
from grader.render.lines import is_number, lines_of, number_pair, safe, wrapped
from grader.render.states import first_to_mend
from grader.render.verdict import has_both_numbers, message_of, one_line, value_to_tell

YOURS, TORCH, RIGHT, WHY = "yours    ", "PyTorch  ", "right    ", "why      "
HANGING = len(YOURS)


def failure_lines(
    console: Console, check: CheckResult, indent: int, verbose: bool
) -> Iterator[Text]:
    """The lines under a check that did not pass. `verbose`: all that was printed, not a taste."""
    waits = check.outcome is Outcome.TODO or _met_a_stub(check)
    if not waits:
        for line in lines_of(check.program or "", 40 if verbose else 9):
            yield from wrapped(console, Text(line), indent, 4)
    for sentence in _verdict(check):
        labelled = sentence.plain.startswith((YOURS, TORCH))
        yield from wrapped(console, sentence, indent, HANGING if labelled else 4)
    if not waits:
        yield from _place(console, check, indent)
    yield from output_lines(console, check, indent, verbose)


def first_failure_lines(console: Console, concept: ConceptResult, indent: int) -> Iterator[Text]:
    """The first check to mend; where the sentence to come speaks of a case, that case."""
    told = concept.diagnosis
    if told and told.case and not told.mistake:
        yield from case_lines(console, told.case, indent)
        return
    check = first_to_mend(concept)
    if check is not None:
        yield from failure_lines(console, check, indent, False)


def case_lines(console: Console, case: Case, indent: int) -> Iterator[Text]:
    """The smallest failing program, and both numbers; without the lines that are for pasting."""
    lines = lines_of(case.program, 40)
    for line in lines[1 if lines[0].startswith("from ") else 0 : -1]:
        yield from wrapped(console, Text(line), indent, 4)
    judge = TORCH if case.judge == "PyTorch" else RIGHT
    numbers = is_number(case.actual) and is_number(case.expected)
    actual, expected = (
        number_pair(case.actual, case.expected)
        if numbers
        else (safe(str(case.actual)), safe(str(case.expected)))
    )
    shown = safe(case.shown)
    yield from wrapped(console, Text(YOURS).append(f"{shown} = {actual}", "red"), indent, HANGING)
    yield from wrapped(
        console, Text(judge).append(f"{shown} = {expected}", "green"), indent, HANGING
    )


def diagnosis_lines(console: Console, diagnosis: Diagnosis, indent: int) -> Iterator[Text]:
    """What happened, in a sentence."""
    text = Text(WHY).append(safe(diagnosis.sentence), "bold")
    yield from wrapped(console, text, indent, HANGING)


def output_lines(
    console: Console, check: CheckResult, indent: int, verbose: bool
) -> Iterator[Text]:
    """What the student's code printed meanwhile."""
    label = "printed  "
    for line in lines_of(check.output, 40 if verbose else 4):
        yield from wrapped(console, Text(f"{label}{line}", style="dim"), indent, HANGING)
        label = " " * HANGING


def _verdict(check: CheckResult) -> Iterator[Text]:
    """Both numbers where PyTorch has one; else the message, and the student's value with it."""
    shown = safe(check.shown or "")
    if has_both_numbers(check):
        actual, expected = number_pair(check.actual, check.expected)
        yield Text(YOURS).append(f"{shown} = {actual}", "red")
        yield Text(TORCH).append(f"{shown} = {expected}", "green")
        return
    if check.outcome is Outcome.TODO:
        yield Text(one_line(check.message), style="dim")
        return
    yield Text(message_of(check), style="red")
    value = value_to_tell(check)
    if value is not None:
        yield Text(f"{YOURS}{value}")


def _met_a_stub(check: CheckResult) -> bool:
    text = check.place.text if check.place else None
    return text is not None and text.startswith("raise NotImplementedError(")


def _place(console: Console, check: CheckResult, indent: int) -> Iterator[Text]:
    if check.place is None:
        return
    yield from wrapped(console, Text(safe(str(check.place)), style="dim"), indent, 4)
    if check.place.text:
        yield from wrapped(console, Text(safe(check.place.text)), indent + 4, 4)
