"""How long the page of a class takes to be written, and to open in Chromium: 1,000 students.

    python benchmarks/class_page.py [STUDENTS, 1000] [--shots FOLDER]

A new tab each time, from the command to go there until the first rows are painted (two frames after
the page has loaded); then from a jump to the end until the last ones are, and until a search has
been answered and painted. The median of five; the first, with nothing in the browser's memory, is
shown apart. Beside it the CPU seconds of the page's own process until the first rows were there,
which a busy machine does not change much. --shots keeps screenshots.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from grader.classroom.overview import overview  # noqa: E402
from grader.classroom.page import render_class  # noqa: E402
from grader.course import load_course  # noqa: E402
from tests.browser import CHROMIUM, FLAGS  # noqa: E402
from tests.crowds import crowd  # noqa: E402

ROUNDS = 5
SCREENS = ((1280, 2000), (390, 2000))
END = "() => document.querySelector('#students tr:last-child').scrollIntoView()"
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def main(count: int, shots: Path | None) -> None:
    """Write the page, open it again and again, print a line each."""
    with tempfile.TemporaryDirectory() as name:
        people = crowd(Path(name) / "book.sqlite", count)
        began = time.perf_counter()
        text = render_class(overview(people, load_course()))
        print(f"written in {time.perf_counter() - began:.2f} s, {len(text) / 2**20:.2f} MiB")
        file = Path(name) / "class.html"
        file.write_text(text, encoding="utf-8")
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for width, height in SCREENS:
                found = []
                for _ in range(ROUNDS):
                    page = chromium.new_page(viewport={"width": width, "height": height})
                    found.append(_opened(page, file.as_uri(), count))
                    page.close()
                middles = (statistics.median(each) for each in zip(*found, strict=True))
                opened, end, cpu, searched = middles
                print(
                    f"{width:5} px: first rows painted in {opened:.2f} s (at first "
                    f"{found[0][0]:.2f}), {cpu:.2f} s of CPU; "
                    f"the last ones in {end:.2f} s, searched in {searched:.2f} s",
                    flush=True,
                )
                if shots:
                    page = chromium.new_page(viewport={"width": width, "height": height})
                    page.goto(file.as_uri())
                    page.screenshot(path=shots / f"class-{width}.png")
            chromium.close()


def _opened(page: Page, address: str, count: int) -> tuple[float, float, float, float]:
    """Seconds until the first rows are there, from there to the last ones, of CPU until the first
    were there, and until a search was answered."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    began = time.perf_counter()
    page.goto(address)
    page.evaluate(PAINTED)
    opened = time.perf_counter() - began
    metrics = session.send("Performance.getMetrics")["metrics"]
    cpu = next(each["value"] for each in metrics if each["name"] == "ProcessTime")
    began = time.perf_counter()
    page.evaluate(END)
    page.evaluate(PAINTED)
    end = time.perf_counter() - began
    began = time.perf_counter()
    page.fill("#search", "person 0123")
    page.evaluate(PAINTED)
    searched = time.perf_counter() - began
    if page.text_content("#found") != f"1 of {count}":
        raise SystemExit(f"the search found {page.text_content('#found')!r}")
    return opened, end, cpu, searched


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="How quickly the page of a class opens.")
    parser.add_argument("students", type=int, nargs="?", default=1000)
    parser.add_argument("--shots", type=Path, help="a folder for screenshots")
    asked = parser.parse_args()
    if CHROMIUM is None:
        raise SystemExit("no Chromium here: apt-get install chromium")
    main(asked.students, asked.shots)
