"""What the HTML page says about one concept: put into words, nothing decided, nothing escaped."""

from dataclasses import dataclass

from grader.model import Case, CheckResult, ConceptResult, Diagnosis, Outcome, Place, State
from grader.render.figures import both, figure, judge_name, share_of
from grader.render.lines import lines_of, out_of
from grader.render.plots import boundary_svg, curve_sentence, curve_svg
from grader.render.states import GAVE_UP, STATE_OF, STATES, WAITING
from grader.render.svg import graph_svg
from grader.render.untrusted import inert
from grader.render.verdict import (
    check_name,
    has_both_numbers,
    one_line,
    subject_of,
    value_to_tell,
)


@dataclass(frozen=True)
class Row:
    """A Value in the table below the graph."""

    name: str
    made: str
    data: str
    right_data: str
    grad: str
    right_grad: str
    shares: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class CaseView:
    """The smallest failing program, the two numbers, the graph."""

    program: str
    shown: str
    yours: str
    expected: str
    judge: str
    graph: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class CheckView:
    """One check that did not pass."""

    name: str
    glyph: str
    state: str
    message: str
    program: str
    shown: str
    pair: tuple[str, str] | None  # yours, PyTorch's
    yours: str | None  # where PyTorch has no number
    where: str
    line: str
    output: str


@dataclass(frozen=True)
class ConceptView:
    """One concept; `open` where there is something to say about it."""

    id: str
    anchor: str
    title: str
    state: str
    glyph: str
    word: str
    score: str
    carried: bool
    gave_up: str
    open: bool
    where: str
    sentence: str
    think: str
    ties: tuple[str, ...]
    facts: tuple[str, ...]
    case: CaseView | None
    checks: tuple[CheckView, ...]
    passed: int
    curve: str
    curve_sentence: str
    planes: tuple[str, ...]


def concept_view(concept: ConceptResult) -> ConceptView:
    """All there is to say about a concept."""
    glyph, word, _ = STATES[concept.state]
    wrong = [each for each in concept.checks if each.outcome not in (Outcome.PASSED, Outcome.TODO)]
    told = bool(wrong) and concept.state not in {State.PASSED, *WAITING}
    diagnosis = concept.diagnosis if told else None
    anchor = concept.id.replace(".", "-")
    message = _message(wrong[0]) if told else ""
    case = diagnosis.case if diagnosis else None
    return ConceptView(
        id=concept.id,
        anchor=anchor,
        title=concept.title,
        state=str(concept.state),
        glyph=glyph,
        word=word,
        score=out_of(concept.earned, concept.possible),
        carried=concept.carried,
        gave_up=GAVE_UP if concept.gave_up else "",
        open=told,
        where=_where(concept, diagnosis, wrong),
        sentence=diagnosis.sentence if diagnosis else message,
        think=diagnosis.think if diagnosis else "",
        ties=tuple(each.replace("-", " ") for each in diagnosis.ties) if diagnosis else (),
        facts=diagnosis.facts if diagnosis else (),
        case=_case(case, f"{anchor}-graph") if case else None,
        checks=tuple(check_view(each) for each in wrong) if told else (),
        passed=sum(each.outcome is Outcome.PASSED for each in concept.checks),
        curve=curve_svg(concept.curve, f"{anchor}-curve") if concept.curve else "",
        curve_sentence=curve_sentence(concept.curve) if concept.curve else "",
        planes=_planes(concept, anchor),
    )


def check_view(check: CheckResult) -> CheckView:
    """One check, its numbers side by side."""
    state = STATE_OF.get(check.outcome, State.ERROR)
    return CheckView(
        name=check_name(check),
        glyph=STATES[state][0],
        state=str(state),
        message=_message(check),
        program="\n".join(lines_of(check.program or "", 60)),
        shown=check.shown or "",
        pair=both(check.actual, check.expected) if has_both_numbers(check) else None,
        yours=value_to_tell(check),
        where=str(check.place or ""),
        line=inert(check.place.text or "", 200) if check.place else "",
        output="\n".join(lines_of(check.output, 40)),
    )


def _planes(concept: ConceptResult, anchor: str) -> tuple[str, ...]:
    if concept.boundary is None:
        return ()
    pictures = (
        boundary_svg(concept.boundary, f"{anchor}-yours", yours=True),
        boundary_svg(concept.boundary, f"{anchor}-expected", yours=False),
    )
    return pictures if all(pictures) else ()


def _where(concept: ConceptResult, diagnosis: Diagnosis | None, wrong: list[CheckResult]) -> str:
    """Where to look: what the diagnosis says, else where it raised, else where the work is."""
    places = [place for place in (*(each.place for each in wrong), concept.place) if place]
    if diagnosis and diagnosis.file:
        told = Place(diagnosis.file, diagnosis.line)
        # The same line may be known with its function or its cell.
        near = [each for each in places if (each.file, each.line) == (told.file, told.line)]
        return str(near[0] if near else told)
    return str(places[0]) if places else ""


def _case(case: Case, ident: str) -> CaseView:
    yours, expected = both(case.actual, case.expected)
    return CaseView(
        program=case.program.strip("\n"),
        shown=case.shown,
        yours=yours,
        expected=expected,
        judge=judge_name(case.judge),
        graph=graph_svg(case, ident),
        rows=tuple(_rows(case)),
    )


def _rows(case: Case) -> list[Row]:
    """The root first, as gradients flow; the share of each result that a Value goes into."""
    rows = []
    for number in reversed(range(len(case.nodes))):
        node = case.nodes[number]
        shares = [
            "{2} = {0} × {1}, from {3}".format(*share_of(case, user, place), other.name)
            for user, other in enumerate(case.nodes)
            for place, operand in enumerate(other.operands)
            if operand == number
        ]
        names = [case.nodes[each].name for each in node.operands if 0 <= each < number]
        if node.state == "right":  # digits beyond the tolerance say nothing
            data, grad = figure(node.data), figure(node.grad)
            right_data, right_grad = data, grad
        else:
            data, right_data = both(node.data, node.right_data)
            grad, right_grad = both(node.grad, node.right_grad)
        rows.append(
            Row(
                node.name,
                _made(node.operator, names),
                data,
                right_data,
                grad,
                right_grad,
                tuple(shares),
                node.state,
            )
        )
    return rows


def _made(operator: str, names: list[str]) -> str:
    """`a + b`, `tanh(a)`; of a result with a plain number only the Value is known."""
    if not operator:
        return "a leaf"
    if operator in ("+", "-", "*", "/", "**"):
        return f" {operator} ".join(names) if len(names) == 2 else f"{operator} of {''.join(names)}"
    return f"-{names[0]}" if operator == "neg" and names else f"{operator}({', '.join(names)})"


def _message(check: CheckResult) -> str:
    subject = subject_of(check)
    return subject[:1].upper() + subject[1:] + one_line(check.message)
