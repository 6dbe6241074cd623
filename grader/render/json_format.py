"""Reports as JSON, and back. The fields are documented at `grader.model.Report`."""

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any

from grader.model import (
    REPORT_FORMAT,
    Boundary,
    Case,
    CheckResult,
    ConceptResult,
    Curve,
    Diagnosis,
    Isolation,
    Node,
    Outcome,
    Place,
    Plain,
    Report,
    State,
)


def render_json(report: Report) -> str:
    """One JSON object, indented, ending in a newline."""
    text = json.dumps(report_to_data(report), indent=2, ensure_ascii=False, allow_nan=False)
    # A file name need not be Unicode: what UTF-8 can't hold is written as JSON does: \udce9.
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def report_to_data(report: Report) -> dict[str, Any]:
    """The report as plain data, in the documented order."""
    return {
        "format": REPORT_FORMAT,
        "grader": report.grader_version,
        "course": {"title": report.course, "version": report.course_version},
        "seed": report.seed,
        "isolation": {
            "level": report.isolation.level,
            "missing": list(report.isolation.missing),
        },
        "submission": report.submission,
        "score": report.score,
        "max_score": report.max_score,
        "bonus": report.bonus,
        "max_bonus": report.max_bonus,
        "complete": report.complete,
        "concepts": [_concept_to_data(concept) for concept in report.concepts],
        "notes": list(report.notes),
        "notebooks": dict(report.notebooks),
        "interrupted": report.interrupted,
        "reused": report.reused,
        "started": report.started,
        "seconds": report.seconds,
    }


def report_from_data(data: Mapping[str, Any]) -> Report:
    """A report read back. Raises ValueError for another format or a wrong shape."""
    if not isinstance(data, Mapping) or data.get("format") != REPORT_FORMAT:
        raise ValueError(f"not a report of format {REPORT_FORMAT}")
    try:
        return Report(
            course=str(data["course"]["title"]),
            course_version=str(data["course"]["version"]),
            grader_version=str(data["grader"]),
            seed=int(data["seed"]),
            isolation=Isolation(
                str(data["isolation"]["level"]), tuple(map(str, data["isolation"]["missing"]))
            ),
            submission=str(data["submission"]),
            concepts=tuple(_concept_from_data(concept) for concept in data["concepts"]),
            score=float(data["score"]),
            max_score=int(data["max_score"]),
            bonus=float(data["bonus"]),
            max_bonus=int(data["max_bonus"]),
            complete=bool(data["complete"]),
            notes=tuple(map(str, data["notes"])),
            notebooks={str(name): str(way) for name, way in data["notebooks"].items()},
            interrupted=bool(data["interrupted"]),
            reused=int(data["reused"]),
            started=str(data["started"]),
            seconds=float(data["seconds"]),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a report: {error!r}") from None


def check_to_data(check: CheckResult) -> dict[str, Any]:
    """One check; what does not apply is null."""
    return {
        "id": check.id,
        "outcome": str(check.outcome),
        "message": check.message,
        "program": check.program,
        "shown": check.shown,
        "expected": _strict(check.expected),
        "actual": _strict(check.actual),
        "place": None if check.place is None else dataclasses.asdict(check.place),
        "output": check.output,
        "carried": check.carried,
    }


def check_from_data(data: Mapping[str, Any], concept: str) -> CheckResult:
    """A check read back. Raises ValueError, KeyError or TypeError."""
    return CheckResult(
        id=data["id"],
        concept=concept,
        outcome=Outcome(data["outcome"]),
        message=data["message"],
        program=data["program"],
        shown=data["shown"],
        expected=data["expected"],
        actual=data["actual"],
        place=None if data["place"] is None else Place(**data["place"]),
        output=data["output"],
        carried=data["carried"],
    )


def _concept_to_data(concept: ConceptResult) -> dict[str, Any]:
    return {
        "id": concept.id,
        "lesson": concept.lesson,
        "title": concept.title,
        "state": str(concept.state),
        "earned": concept.earned,
        "possible": concept.possible,
        "bonus": concept.bonus,
        "carried": concept.carried,
        "checks": [check_to_data(check) for check in concept.checks],
        "diagnosis": diagnosis_to_data(concept.diagnosis),
        "place": None if concept.place is None else dataclasses.asdict(concept.place),
        "curve": None if concept.curve is None else dataclasses.asdict(concept.curve),
        "boundary": None if concept.boundary is None else dataclasses.asdict(concept.boundary),
        "gave_up": concept.gave_up,
    }


def _concept_from_data(data: Mapping[str, Any]) -> ConceptResult:
    return ConceptResult(
        id=str(data["id"]),
        lesson=str(data["lesson"]),
        title=str(data["title"]),
        state=State(data["state"]),
        earned=float(data["earned"]),
        possible=int(data["possible"]),
        bonus=bool(data["bonus"]),
        carried=bool(data["carried"]),
        checks=tuple(check_from_data(check, data["id"]) for check in data["checks"]),
        diagnosis=diagnosis_from_data(data["diagnosis"]),
        place=None if data["place"] is None else Place(**data["place"]),
        curve=curve_from_data(data.get("curve")),
        boundary=boundary_from_data(data.get("boundary")),
        gave_up=bool(data.get("gave_up", False)),
    )


def diagnosis_to_data(diagnosis: Diagnosis | None) -> Any:
    """A diagnosis as plain data; None stays None."""
    return None if diagnosis is None else _strict(_listed(dataclasses.asdict(diagnosis)))


def diagnosis_from_data(data: Mapping[str, Any] | None) -> Diagnosis | None:
    """A diagnosis read back. Raises KeyError or TypeError."""
    if data is None:
        return None
    case = data["case"]
    if case is not None:
        nodes = tuple(
            Node(**{**node, "operands": tuple(node["operands"]), "local": tuple(node["local"])})
            for node in case["nodes"]
        )
        case = Case(**{**case, "nodes": nodes})
    return Diagnosis(
        **{**data, "ties": tuple(data["ties"]), "facts": tuple(data["facts"]), "case": case}
    )


def curve_from_data(data: Mapping[str, Any] | None) -> Curve | None:
    """A curve read back. Raises KeyError or TypeError."""
    return None if data is None else Curve(tuple(data["yours"]), tuple(data["expected"]))


def boundary_from_data(data: Mapping[str, Any] | None) -> Boundary | None:
    """A boundary read back. Raises KeyError, TypeError or ValueError."""
    if data is None:
        return None
    points = tuple((float(x), float(y), int(label)) for x, y, label in data["points"])
    lists = {"yours": tuple(data["yours"]), "expected": tuple(data["expected"])}
    return Boundary(**{**data, **lists, "points": points})


def _listed(value: Any) -> Any:
    """Tuples as lists, as JSON would have them."""
    if isinstance(value, tuple | list):
        return [_listed(each) for each in value]
    if isinstance(value, dict):
        return {key: _listed(each) for key, each in value.items()}
    return value


def _strict(value: Plain) -> Plain:
    """JSON has no nan and no infinity: they become texts."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_strict(each) for each in value]
    if isinstance(value, dict):
        return {key: _strict(each) for key, each in value.items()}
    return value
