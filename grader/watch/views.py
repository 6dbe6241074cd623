"""What is seen while a learner works: the course, the concept in hand, what became of the save."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader import scoring
from grader.cli import COMMANDS
from grader.cli.hint import Hints
from grader.course import Course, Lesson
from grader.model import ConceptResult, State
from grader.render.failure import diagnosis_lines, failure_lines, first_failure_lines
from grader.render.lines import bar, comma_list, out_of, safe, wrapped
from grader.render.prose import prose_lines
from grader.render.rows import NARROW, WIDEST, Rows, rows_for
from grader.render.states import STATES, first_to_mend, points_of
from grader.watch.board import Board

INDENT = 2
LEAST_TASK = 3  # lines of a task that are worth showing
FEWEST_ROWS = 8  # below it, the header is one line
TALL = 36  # from so many rows on, each lesson has one of its own
MOST_NEWS = 3
KEYS = (
    ("h", "hint"), ("e", "explain"), ("n", "next"), ("l", "list"), ("t", "text"), ("o", "open"),
    ("a", "run all"), ("?", "help"), ("q", "quit"),
)  # fmt: skip
LESS_NEEDED = ("t", "a", "n", "l", "o", "e", "h")  # left out in this order where there is no room


@dataclass(frozen=True)
class Screen:
    """The whole of what is shown, before it is cut to the terminal."""

    head: Sequence[Text]
    body: Sequence[Text]
    foot: Sequence[Text]

    def rows(self, height: int, scroll: int) -> tuple[list[Text], int]:
        """The lines to draw, and how far the body could be and was scrolled: the last page at
        most."""
        head = self.head if height >= FEWEST_ROWS else self.head[:1]
        room = max(1, height - len(head) - len(self.foot))
        scroll = max(0, min(scroll, len(self.body) - room))
        shown = list(self.body[scroll : scroll + room])
        below = len(self.body) - scroll - len(shown)
        if below:
            more = f"  ↓ {below + 1} more lines: space or ↓"
            shown[-1] = Text(more, "dim")
        shown += [Text()] * (room - len(shown))
        return [*head, *shown, *self.foot][:height], scroll


def head_lines(board: Board, course: Course, console: Console) -> list[Text]:
    """Title and score, a bar, and the lessons."""
    width = min(console.width, WIDEST)
    if not board.results:
        return [Text(safe(course.title), "bold"), Text()]
    score, possible, bonus, most = scoring.totals(tuple(board.results.values()))
    left, right = Text(safe(course.title), "bold"), Text(out_of(score, possible), "bold")
    extra = f"  bonus {out_of(bonus, most)}" if most and (bonus or score == possible) else ""
    if left.cell_len + right.cell_len + len(extra) < width:
        right.append(extra, "not bold")
    room = width - left.cell_len - right.cell_len
    top = left.append(" " * room).append_text(right) if room > 1 else right
    if console.height >= TALL and console.width >= NARROW:
        rows = _rows(board, course, console)
        told = [
            _lesson_row(rows, course.lesson(each), board.lesson(each)) for each in board.lessons
        ]
        return [top, Text(), *told, Text()]
    share = score / possible if possible else 0.0
    return [top, bar(share, width, "green"), _map(board, console), Text()]


def foot_lines(console: Console, busy: str = "", said: str = "") -> list[Text]:
    """The keys, under a word about the last one, or about a check that takes its time."""
    left_out: list[str] = []
    line = _keys(left_out)
    for letter in LESS_NEEDED:
        if line.cell_len <= console.width:
            break
        left_out.append(letter)
        line = _keys(left_out)
    return [Text(safe(said), "yellow") if said else Text(busy, "dim"), line]


def concept_lines(
    board: Board,
    course: Course,
    console: Console,
    task: Sequence[str],
    hint: Sequence[Text],
    room: int,
) -> list[Text]:
    """What the last save changed, the concept in hand with its task, and what became of it."""
    news = [*_news(board, course, console)]
    here = board.concept
    if board.trouble:
        news += [*wrapped(console, Text(board.trouble, "red"), 0, 2), Text()]
        news += [*wrapped(console, Text("The next save is checked again.", "dim"), 0), Text()]
    if here is None:
        return [*news, *_all_done(board, console)]
    title = [*_title(here, console)]
    verdict = [*_verdict(board, here, console), *_notes(board, console)]
    if hint:
        verdict = [*hint, Text(), *verdict]
    asked = [*prose_lines(task, console, INDENT)]
    left = room - len(news) - len(title) - len(verdict) - 2
    if len(asked) > left:
        shown = asked[: max(0, left - 1)]
        if len(shown) < LEAST_TASK:
            shown = [] if here.state is not State.TODO else asked[: LEAST_TASK - 1]
        asked = [*shown, Text(f"{' ' * INDENT}… the whole task: t", "dim")]
    return [*news, *title, Text(), *asked, Text(), *verdict]


def list_lines(board: Board, course: Course, console: Console, chosen: str) -> list[Text]:
    """All lessons and concepts, one of them chosen."""
    rows = _rows(board, course, console)
    lines: list[Text] = []
    for lesson in board.lessons:
        results = board.lesson(lesson)
        lines.append(_lesson_row(rows, course.lesson(lesson), results))
        for each in results:
            if each.state is State.ABSENT:
                continue
            look, quiet = STATES[each.state], each.state is State.TODO
            line = rows.concept(look, each.title, each.id, each.earned, each.possible, quiet)
            if each.id == chosen:
                mark = Text(" " * (rows.indent - 2)).append("▸ ", "bold cyan")
                line = mark.append_text(line[rows.indent :])
            lines.append(line)
    return lines


def chosen_row(lines: Sequence[Text]) -> int:
    """Where in the list the chosen concept stands."""
    return next((at for at, line in enumerate(lines) if "▸" in line.plain), 0)


def help_lines(console: Console, path: str) -> list[Text]:
    """What the keys do."""
    told = [
        ("", "Write in your editor; every save is checked at once. Nothing needs to be pressed."),
        ("h", "the next hint for this concept, of three; the last one stays in view"),
        ("e", "explain: what happened, how to think about it, the graph of the numbers"),
        ("t", "the whole text of this concept, from the lesson"),
        ("n", "leave this concept for later, go to the next one that is open"),
        ("l", "the list of all concepts; Enter goes to the one chosen"),
        ("o", "open the file in your editor, $VISUAL or $EDITOR, at the right line"),
        ("a", "run all lessons again, unchanged ones too"),
        ("↑ ↓", "scroll, also with space, page up and page down"),
        ("Esc", "back to the concept in hand; a save does the same"),
        ("q", "quit; Ctrl-C too, with exit code 130"),
    ]
    lines = [Text(f"Watching {safe(path)}", "bold"), Text()]
    for key, does in told:
        head = Text(f"  {key:<4} ", "bold cyan") if key else Text()
        rows = [*wrapped(console, head.append(does, "not bold default"), 0, 7 if key else 0)]
        lines += [*rows, *([] if key else [Text()])]
    return lines


def _map(board: Board, console: Console) -> Text:
    """`mg1 ✓  mg2 5/7  mg3 ·`, as wide as there is room."""
    told = []
    for lesson in board.lessons:
        results = [each for each in board.lesson(lesson) if each.state is not State.ABSENT]
        passed = sum(each.state is State.PASSED for each in results)
        wrong = any(each.state not in (State.PASSED, State.TODO) for each in results)
        if passed == len(results):
            told.append((lesson, "✓", "green"))
        elif passed or wrong:
            told.append((lesson, f"{passed}/{len(results)}", "yellow"))
        else:
            told.append((lesson, "·", "dim"))
    for gap, names in (("   ", True), ("  ", True), (" ", True), (" ", False), ("", False)):
        line = Text()
        for name, sign, style in told:
            line.append(gap if line else "").append(f"{name} " if names else "", "dim")
            line.append(sign, style)
        if line.cell_len <= console.width:
            break
    return line


def _keys(left_out: Sequence[str]) -> Text:
    line = Text()
    for key, does in KEYS:
        if key not in left_out:
            line.append("  " if line else "").append(key, "bold cyan").append(f" {does}", "dim")
    return line


def _news(board: Board, course: Course, console: Console) -> Iterator[Text]:
    """What the last save brought and took, in a few lines."""
    passed = [board.results[each] for each in board.passed if each in board.results]
    for each in passed[:MOST_NEWS] if len(passed) <= MOST_NEWS else ():
        text = Text(f"✓ {safe(each.title)}", "bold green")
        text.append(f": PyTorch agrees {_in_checks(each)}.", "not bold green")
        yield from wrapped(console, text, 0, 2)
    if len(passed) > MOST_NEWS:
        names = comma_list(each.id for each in passed)
        text = Text(f"✓ {len(passed)} more concepts pass", "bold green").append(f": {names}")
        yield from wrapped(console, text, 0, 2)
    for name in board.finished:
        lesson = course.lesson(name)
        earned, possible = points_of(board.lesson(name))
        text = Text(f"★ {lesson.id} {lesson.title} is complete", "bold green")
        text.append(f", {out_of(earned, possible)}. Well done.", "not bold green")
        yield from wrapped(console, text, 0, 2)
    if board.complete and any(not course.lesson(each).bonus for each in board.finished):
        yield from _graduation(console)
    if board.fell:
        told = "passes no more" if len(board.fell) == 1 else "pass no more"
        text = Text(f"! {comma_list(board.fell)} {told} since this save.", "yellow")
        yield from wrapped(console, text, 0, 2)
    if board.passed or board.finished or board.fell:
        yield Text()


def _in_checks(result: ConceptResult) -> str:
    count = len(result.checks)
    return {1: "in its one check", 2: "in both checks"}.get(count, f"in all {count} checks")


def _title(here: ConceptResult, console: Console) -> Iterator[Text]:
    width = min(console.width, WIDEST)
    left = Text(safe(here.title), "bold").append(f" · {here.id}", "not bold dim")
    right = out_of(here.earned, here.possible)
    room = width - left.cell_len - cell_len(right)
    if room > 1:
        yield left.append(" " * room + right, "not bold default")
    else:
        yield from wrapped(console, left, 0, 2)
    if here.place is not None:
        yield from wrapped(console, Text(safe(str(here.place)), "cyan"), 0, 2)


def _verdict(board: Board, here: ConceptResult, console: Console) -> Iterator[Text]:
    glyph, word, style = STATES[here.state]
    fault = board.fault
    text = Text(f"{glyph} {word}", style)
    if fault is not None:
        text = Text(f"! {here.lesson} can't be loaded as it stands", "red")
    elif here.state is State.TODO:
        check = first_to_mend(here)
        waits = check is not None and not check.message.startswith(here.id)
        told = check.message if check and waits else "fill its gap, and save"
        text.append(f"  {safe(told)}", "default")
    when = f"checked {board.checked:%H:%M:%S}" if board.checked else ""
    room = min(console.width, WIDEST) - text.cell_len - len(when)
    if room > 1:
        yield text.append(" " * room).append(when, "dim")
    else:
        yield from wrapped(console, text, 0, 2)
    if fault is not None:
        yield from failure_lines(console, fault, INDENT, False)
        calm = "Nothing is lost: mend it and save, and all of the lesson is checked again."
        yield from wrapped(console, Text(calm, "dim"), INDENT)
    elif here.state is not State.TODO:
        yield from first_failure_lines(console, here, INDENT)
        if here.diagnosis:
            yield from diagnosis_lines(console, here.diagnosis, INDENT)


def _notes(board: Board, console: Console) -> Iterator[Text]:
    for file in board.gone:
        text = Text(f"! {file} is gone, and out of the total. ", "yellow")
        text.append("Was it moved or renamed? Under this name it is found again.")
        yield from wrapped(console, text, 0, 2)
    for note in board.notes:
        yield from wrapped(console, Text(f"note: {safe(note)}", "yellow"), 0, 6)


def _all_done(board: Board, console: Console) -> Iterator[Text]:
    if not board.results:
        welcome = "Looking at what you have so far. The first time this takes some seconds: "
        welcome += "PyTorch works out its answers, once and for all."
        yield from () if board.trouble else wrapped(console, Text(welcome), 0)
        return
    if board.trouble:
        return
    done = Text("✓ Complete: PyTorch agrees with every number.", "bold green")
    yield from wrapped(console, done, 0, 2)
    yield Text()
    sentence = "There is nothing left to do here: l lists all that you have written, q quits."
    if all(each.state is not State.ABSENT for each in board.results.values()):
        sentence += " mggrade graduate makes a package of it."
    yield from wrapped(console, Text(sentence), 0)


def _graduation(console: Console) -> Iterator[Text]:
    """When all but the bonus has passed."""
    sentence = "That was the last of the course: you own a micrograd that you wrote yourself."
    if "graduate" in COMMANDS:
        sentence += " mggrade graduate makes a package of it."
    yield from wrapped(console, Text(sentence, "green"), 2)


def _rows(board: Board, course: Course, console: Console) -> Rows:
    names = [_name(course.lesson(each)) for each in board.lessons]
    return rows_for(console, board.results, names)


def _lesson_row(rows: Rows, lesson: Lesson, results: Sequence[ConceptResult]) -> Text:
    done = all(each.state in (State.PASSED, State.ABSENT) for each in results)
    return rows.lesson(lesson.id, _name(lesson), *points_of(results), done)


def _name(lesson: Lesson) -> str:
    return lesson.title + (" (bonus)" if lesson.bonus else "")


def hint_lines(hints: Hints, console: Console) -> list[Text]:
    """The hint that was taken last, and how to go on from it."""
    concept, count = hints.concept, len(hints.concept.hints)
    lines: list[Text] = []
    for number in hints.shown:
        lines.append(Text(f"Hint {number} of {count}", "bold"))
        lines += wrapped(console, Text(concept.hints[number - 1]), INDENT)
    if hints.taken < count:
        return [*lines, Text(f"{' ' * INDENT}the next hint: h", "dim")]
    told = [*wrapped(console, Text("A solution, when you have tried long enough:", "dim"), INDENT)]
    command = f"{' ' * INDENT}mggrade solution {concept.id} --give-up"  # stays in one piece
    return [*lines, *told, Text(command, "dim")]
