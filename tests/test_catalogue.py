"""The catalogue of mistakes: every entry fits, reads well, and costs its own concept alone.

Promise 3, one bug costs one concept: each mistake is planted in the solutions, and its concept is
the only one that may lose points. mg7.integration is exempt: it is about the student's own lessons
together, without any help.
"""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

import grader
from grader.course import Lesson, load_course
from grader.diagnosis.catalogue import Mistake, bases_of, catalogue, mistakes_of
from grader.errors import CourseError
from grader.model import Report, State

from .conftest import SOLUTIONS
from .naming import Told, graded, named_in, plant_in_solutions

MISTAKES = catalogue()
COURSE = load_course()
CONCEPTS = {concept.id: concept for concept in COURSE.concepts}
FACTS = {
    "attached-inside-itself", "never-attached", "closure-called", "attached-to-self",
    "misspelt-method", "nested-in-another-method", "single-underscores",
    "prev-and-underscore-prev", "visited-anew", "visited-never-tested",
    "zeroes-outside-the-loop", "never-descends", "never-goes-backwards",
    "descends-before-backward",
}  # fmt: skip
HAPPENED, THINK = 110, 200  # characters
STEP = 4  # of the mistakes graded here; python benchmarks/naming.py grades all
# No more than a number may stand after an equals sign: "at x = 3", and never a line to type.
CODE = re.compile(
    r"[-+*/]=|==|=\s*[^\s\d-]|\w\(\)|\b(self|out|other)\._?\w|\breturn \w+\b[.(]|\*\*|`"
)

# mg2.graph is about __init__, + and * as well: where these give back no new Value, there is
# nothing that could remember its children.
ALSO_LOST = {
    "init-single-underscores": "mg2.graph",
    "add-returns-a-number": "mg2.graph",
    "add-changes-self": "mg2.graph",
    "add-returns-nothing": "mg2.graph",
    "mul-returns-a-number": "mg2.graph",
}


def _of(mistake: Mistake) -> str:
    return mistake.id


def _solution(mistake: Mistake) -> Path:
    (path,) = SOLUTIONS.glob(f"{mistake.lesson}_*.py")
    return path


def test_ids_are_unique_and_in_kebab_case() -> None:
    counted = Counter(mistake.id for mistake in MISTAKES)
    assert [name for name, count in counted.items() if count > 1] == []
    assert [name for name in counted if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_every_concept_has_mistakes() -> None:
    own = {mistake.concept for mistake in MISTAKES}
    assert own == {name for name, concept in CONCEPTS.items() if concept.carry}
    assert len(MISTAKES) >= 75


def test_a_lesson_has_its_own_file_in_the_order_of_the_course() -> None:
    order = list(CONCEPTS)
    places = [order.index(mistake.concept) for mistake in MISTAKES]
    assert places == sorted(places)


def test_mistakes_of_some_concepts() -> None:
    found = mistakes_of("mg3.tanh-backward")
    assert found
    assert found == tuple(each for each in MISTAKES if each.concept == "mg3.tanh-backward")


def test_facts_are_known_and_only_tell_twins_apart() -> None:
    assert {mistake.when for mistake in MISTAKES} == FACTS | {None}


@pytest.mark.parametrize("mistake", MISTAKES, ids=_of)
def test_it_fits_and_compiles(mistake: Mistake) -> None:
    source = _solution(mistake).read_text(encoding="utf-8")
    changed = mistake.apply(source)
    assert changed != source
    compile(changed, mistake.id, "exec")


def test_no_two_are_the_same_change() -> None:
    changed = Counter(
        mistake.apply(_solution(mistake).read_text(encoding="utf-8")) for mistake in MISTAKES
    )
    assert max(changed.values()) == 1


def test_a_base_is_right(tmp_path: Path, cache: Path) -> None:
    """The other ways to build a reference get full marks."""
    bases = [base for concept in COURSE.concepts for base in bases_of(concept.id)]
    assert len(bases) >= 3
    for base in bases:
        folder = tmp_path / base.id
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (path,) = folder.glob(f"{base.lesson}_*.py")
        path.write_text(base.apply(path.read_text(encoding="utf-8")), encoding="utf-8")
        report = grader.check(folder, lessons=[base.lesson], cache_folder=cache)
        assert report.score == report.max_score, base.id


def test_what_does_not_fit_is_an_error() -> None:
    mistake = _made("loose", (("x", "y"),), "It was.", "Think.")
    with pytest.raises(CourseError, match=r"loose.*'x' 2 times"):
        mistake.apply("x x")
    with pytest.raises(CourseError, match=r"loose.*'x' 0 times"):
        mistake.apply("z")


@pytest.mark.parametrize("mistake", MISTAKES, ids=_of)
def test_its_sentences(mistake: Mistake) -> None:
    assert _faults(mistake) == []


def test_faults_of_sentences_are_seen() -> None:
    change = (("self.grad += out.grad", "self.grad = out.grad"),)
    good = _made("good", change, "Plus overwrote.", "What if a = 3 was paid in?")
    assert _faults(good) == []
    for happened, think in (
        ("Plus overwrote", "Think."),
        ("Plus overwrote. Twice.", "Think."),
        ("plus overwrote.", "Think."),
        ("O" * HAPPENED + ".", "Think."),
        ("Plus overwrote.", ""),
        ("Plus overwrote.", "T" * THINK + "."),
        ("Plus overwrote.", "Use += here."),
        ("Plus overwrote.", "Type a = b."),
        ("Plus overwrote.", "It is out.grad that counts."),
        ("self.grad = out.grad.", "Think."),
    ):
        assert _faults(_made("bad", change, happened, think)), (happened, think)


def _made(name: str, change: tuple[tuple[str, str], ...], happened: str, think: str) -> Mistake:
    return Mistake(name, "mg4", change, "mg4.exp", happened, think)


def _faults(mistake: Mistake) -> list[str]:
    """What is wrong with the two texts."""
    happened, think = mistake.happened, mistake.think
    named = re.match(
        r"(tanh|exp|relu|log|math|backward|[a-e])('s)? ", happened
    )  # names keep their case
    lines = {line.strip() for pair in mistake.change for text in pair for line in text.split("\n")}
    return [
        fault
        for fault, holds in {
            "happened is not one sentence": not happened.endswith(".")
            or re.search(r"[.?!]\s", happened) is not None,
            "happened begins with a small letter": not (happened[0].isupper() or named),
            "happened is too long": len(happened) > HAPPENED,
            "think is empty or has no end": not think.endswith((".", "?")),
            "think is too long": len(think) > THINK,
            "there is code in it": bool(CODE.search(f"{happened} {think}")),
            "it gives the line away": any(line in think for line in lines if len(line) > 8),
        }.items()
        if holds
    ]


def test_what_is_lost_too_shares_a_function() -> None:
    """The exceptions are only for concepts that are written in one function."""
    by_id = {mistake.id: mistake for mistake in MISTAKES}
    for name, also in ALSO_LOST.items():
        own = CONCEPTS[by_id[name].concept]
        assert set(own.names) & set(CONCEPTS[also].names), name


@pytest.fixture(scope="module")
def graded_each(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> dict[str, Told]:
    """What grading says of every fourth mistake, planted in the solutions."""
    folder = tmp_path_factory.mktemp("catalogue")
    return {each.mistake: each for each in named_in({"solutions": 0}, folder, cache, STEP)}


@pytest.mark.parametrize("mistake", MISTAKES[::STEP], ids=_of)
def test_it_costs_its_own_concept_alone(mistake: Mistake, graded_each: dict[str, Told]) -> None:
    also = {ALSO_LOST[mistake.id]} if mistake.id in ALSO_LOST else set()
    lost = graded_each[mistake.id].lost - {"mg7.integration"}
    assert lost == {mistake.concept} | also


def test_nearly_all_are_named_first(graded_each: dict[str, Told]) -> None:
    wrong = [each for each in graded_each.values() if not each.right]
    assert len(wrong) <= 0.05 * len(graded_each), wrong
    assert not [each for each in graded_each.values() if each.named is None]


@pytest.fixture(scope="module")
def graded_later(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> dict[str, Report]:
    """The reports on the lessons after that with the first mistake of each concept, by concept."""
    folder = tmp_path_factory.mktemp("later")
    reports: dict[str, Report] = {}
    for lesson in COURSE.lessons:
        firsts = [mistakes_of(each.id)[0] for each in lesson.concepts if each.carry]
        paths = {each.concept: plant_in_solutions(each.id, folder / each.id) for each in firsts}
        reports |= graded(paths, _later(lesson), cache)
    return reports


@pytest.mark.parametrize("concept", [each for each in CONCEPTS if CONCEPTS[each].carry])
def test_the_first_of_each_concept_costs_nothing_in_later_lessons(
    concept: str, graded_later: dict[str, Report]
) -> None:
    lost = {each.id for each in graded_later[concept].concepts if each.state is not State.PASSED}
    assert lost - {"mg7.integration"} == set()


def _later(lesson: Lesson) -> list[str]:
    """All later lessons but mg5, whose torch worker takes a second to start: mg6 to mg8 build on
    its networks as well. For the last lesson, one that comes before."""
    lessons = [each.id for each in COURSE.lessons if each.id > lesson.id and each.id != "mg5"]
    return lessons or ["mg7"]
