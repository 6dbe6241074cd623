"""Each student's own report as files, ready to be given back."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from grader.archive import zipped
from grader.classroom.standing import Standing
from grader.classroom.stored_results import PROGRAMS, autograder
from grader.render.html import render_html
from grader.render.lines import points
from grader.render.untrusted import inert

LAYOUTS = ("folder", "moodle", "canvas", "gradescope")


def files(
    standings: Sequence[Standing], titles: Mapping[str, str], layout: str = "folder"
) -> Iterator[tuple[PurePosixPath, str]]:
    """The files of a layout: `folder` has an HTML and a Markdown file for each student, `moodle`
    and `canvas` are laid out as these take feedback back, `gradescope` is an autograder that hands
    out what is stored. Names are stable: they depend on the student alone. Raises UsageError."""
    if layout == "gradescope":
        yield from autograder(standings)
        return
    for each in standings:
        if each.report is None:
            continue
        page = render_html(each.report, titles)
        words = markdown(each, titles)
        who = each.student
        if layout == "moodle":
            # As in the download: Moodle goes by the number.
            folder = f"{_file_name(who.shown)}_{who.participant}_assignsubmission_file"
            yield PurePosixPath(folder, "feedback.html"), page
            yield PurePosixPath(folder, "feedback.md"), words
        elif layout == "canvas":
            name = re.sub(r"[^a-z0-9]", "", _file_name(who.shown).lower()) or "student"
            yield PurePosixPath(f"{name}_{who.canvas}_0_feedback.html"), page
        else:
            name = _file_name(who.key)
            yield PurePosixPath(f"{name}.html"), page
            yield PurePosixPath(f"{name}.md"), words


def lacking(standings: Sequence[Standing], layout: str) -> list[str]:
    """Who can't be told apart by the platform: no participant number, no Canvas id."""
    field = {"moodle": "participant", "canvas": "canvas"}.get(layout)
    if field is None:
        return []
    return [
        each.student.shown for each in standings if each.report and not getattr(each.student, field)
    ]


def archive(found: Iterator[tuple[PurePosixPath, str]]) -> bytes:
    """These files as a zip."""
    entries = ((str(path), text.encode("utf-8", "backslashreplace")) for path, text in found)
    return zipped(entries, PROGRAMS)


def markdown(standing: Standing, titles: Mapping[str, str]) -> str:
    """What a student has, and why, in Markdown that shows the same in any viewer."""
    report = standing.report
    if report is None:
        return ""
    lines = [f"# {_plain(report.course)}", "", f"**{_plain(standing.student.shown)}**", ""]
    lines += ["", f"Score **{points(report.score)} / {report.max_score}**"]
    if report.max_bonus:
        lines.append(f"Bonus **{points(report.bonus)} / {report.max_bonus}**")
    if standing.penalty:
        lines.append(f"Late: −{standing.penalty}")
    for one in standing.adjustments:
        of = f" ({one.concept})" if one.concept else ""
        lines.append(f"{one.points}{of}: {_plain(one.reason)} ({_plain(one.author)})")
    lines.append(f"Total **{'to follow' if standing.total is None else standing.total}**")
    for comment in standing.comments:
        lines += ["", f"> {_plain(comment.text)} ({_plain(comment.author)})"]
    lesson = ""
    for concept in report.concepts:
        if concept.lesson != lesson:
            lesson = concept.lesson
            lines += ["", f"## {lesson} {titles.get(lesson, '')}".rstrip(), ""]
            lines += ["| concept | state | points |", "|---|---|---|"]
        lines.append(
            f"| {concept.id} | {concept.state} | {points(concept.earned)} / {concept.possible} |"
        )
    wrong = [each for each in report.concepts if each.diagnosis is not None]
    for concept in wrong:
        diagnosis = concept.diagnosis
        if diagnosis is not None:
            lines += ["", f"### {_plain(concept.title)}", "", _plain(diagnosis.sentence)]
            if diagnosis.think:
                lines += ["", _plain(diagnosis.think)]
            if diagnosis.file:
                lines += ["", f"Where to look: {_plain(diagnosis.file)}, line {diagnosis.line}"]
    return "\n".join([*lines, ""])


def _plain(text: str) -> str:
    """Anyone's text as a line that Markdown shows and does not obey."""
    line = " ".join(inert(text).split())
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~$&-])", r"\\\1", line)


def _file_name(text: str) -> str:
    """A name for a file on any system; different texts have different names."""
    kept = unicodedata.normalize("NFC", text)
    name = "".join(each if each.isalnum() or each in " .-_@" else "_" for each in kept).strip(" .")
    if name == kept and name and len(name) <= 80:
        return name
    import hashlib

    return f"{name[:80].strip(' .') or 'student'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
