"""The page of a class, in a real browser, with a thousand students."""

import pytest

from grader.classroom.overview import overview
from grader.classroom.page import render_class
from grader.course import load_course
from tests.browser import CHROMIUM, FLAGS, NEEDS_CHROMIUM
from tests.crowds import crowd

COURSE = load_course()


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    return crowd(tmp_path_factory.mktemp("page") / "book.sqlite")


def test_what_the_page_holds(people):
    page = overview(people, COURSE)
    assert (page.students, page.handed_in, len(page.missing)) == (1000, 990, 10)
    assert len(page.lines) == 1000 and page.lines[-1].total == "–"
    assert [line.sort for line in page.lines] == sorted(
        (line.sort for line in page.lines), reverse=True
    )
    tanh = next(each for each in page.troubles if each.id == "mg3.tanh-backward")
    assert tanh.mistakes and tanh.mistakes[0].count <= tanh.wrong <= tanh.tried
    assert sum(bar.count for bar in page.bars) == 990


def test_anonymous_means_no_name_anywhere(people):
    text = render_class(overview(people, COURSE, anonymous=True))
    assert "Person" not in text and "s0123" not in text and "Student 1000" in text


@pytest.fixture
def opened(people, tmp_path):
    """Opens the page in a tab of a real browser; `media` is what it is shown on."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    file = tmp_path / "class.html"
    file.write_text(render_class(overview(people, COURSE)), encoding="utf-8")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def open_tab(width, height, media="screen"):
            page = chromium.new_page(viewport={"width": width, "height": height})
            page.emulate_media(media=media)
            page.complaints = []
            page.on("console", lambda said: page.complaints.append(said.text))
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.goto(file.as_uri())
            return page

        yield open_tab
        chromium.close()


@NEEDS_CHROMIUM
def test_in_a_browser(opened):
    page = opened(390, 844)
    rows = page.locator("#students tbody tr")
    assert rows.count() == 1000 and "owned" not in page.title()
    page.fill("#search", "0123")
    assert page.text_content("#found") == "1 of 1000"
    assert page.locator("#students tbody tr:visible").count() == 1
    page.fill("#search", "")
    page.click("[data-sort=name]")
    assert "Person 0000" in page.locator("#students tbody tr:nth-child(2) th").text_content()
    page.click("[data-sort=name]")
    assert "Person 0998" in page.locator("#students tbody tr:nth-child(1) th").text_content()
    # Only the table scrolls sideways, not the page.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Far rows are laid out when they come near; the names stay in sight, and so do the heads.
    page.evaluate("document.querySelector('.heat').scrollTo(300, 1e6)")
    for stays in ("tbody tr:last-child th", "thead th:first-child", "thead th:last-child"):
        page.locator(f"#students {stays}").wait_for(state="visible")
    left, head = (
        page.locator(f"#students {each}").bounding_box()["x"]
        for each in ("tbody tr:last-child th", "thead th:first-child")
    )
    assert left == head == page.locator(".heat").bounding_box()["x"] + 1
    assert page.complaints == []


@NEEDS_CHROMIUM
def test_on_paper(opened):
    """Every row is there, and no column is cut off."""
    page = opened(960, 700, "print")  # a sheet, less its margins
    heights = [
        page.evaluate(f"document.querySelector('{each}').getBoundingClientRect().height")
        for each in (".heat", "#students")
    ]
    assert heights[0] >= heights[1] > 10_000
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.complaints == []
