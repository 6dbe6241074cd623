"""The report in a real Chromium: keyboard, narrow and wide, light and dark, print, axe-core."""

from pathlib import Path

import pytest

from grader.render.graduation import render_graduation
from grader.render.html import render_html
from tests.browser import CHROMIUM, FLAGS, NEEDS_CHROMIUM
from tests.graduation_example import ACHIEVEMENT
from tests.graph_examples import neuron_case
from tests.report_examples import TITLES, full_marks, half_done, hostile

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

pytestmark = NEEDS_CHROMIUM
BAD = "</script><script>document.title='owned'</script><img src=//evil.invalid onerror=alert(1)>"
EXAMPLES = {"half-done": half_done, "full": full_marks, "hostile": lambda: hostile(BAD + "x" * 300)}
PAGES = [*EXAMPLES, "graduation"]
SIZES = {1280: 900, 390: 844}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The examples as files, by name."""
    folder = tmp_path_factory.mktemp("reports")
    for name, example in EXAMPLES.items():
        (folder / f"{name}.html").write_text(render_html(example(), TITLES), encoding="utf-8")
    (folder / "graduation.html").write_text(render_graduation(ACHIEVEMENT), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def show(browser, reports):
    """Opens an example; what the page complained about or asked for fails the test."""
    complaints, requests, contexts = [], [], []

    def opened(name="half-done", width=1280, scheme="light", **more):
        context = browser.new_context(
            viewport={"width": width, "height": SIZES.get(width, 900)},
            color_scheme=scheme,
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: requests.append(request.url))
        page.goto((reports / f"{name}.html").as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in requests if url.startswith("file:")]) == len(contexts)


def focus(page):
    """What has the focus: its class or id, and what it says."""
    return page.evaluate(
        """() => {
          const at = document.activeElement;
          const kind = at.getAttribute('class') || at.id || at.tagName;
          return [kind, at.getAttribute('aria-label') || at.textContent.trim()];
        }"""
    )


def scale(page, graph):
    """How wide the graph is, in its own units."""
    return graph.evaluate("svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(show, name, width, scheme):
    page = show(name, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    found = axe.Axe().run(page).response["violations"]
    grave = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in grave] == []


def test_axe_looks_at_the_page_and_sees_what_is_wrong(show):
    page = show()
    page.evaluate(
        "document.querySelector('h1').insertAdjacentHTML('afterend', '<button></button>')"
    )
    found = axe.Axe().run(page).response["violations"]
    assert "button-name" in [each["id"] for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_page_does_not_scroll_sideways(show, name, scheme):
    page = show(name, 390, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    wide = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
          .filter(each => !each.closest('.window, .scroll, pre, .skip'))
          .filter(each => each.getBoundingClientRect().right > 391)
          .map(each => each.outerHTML.slice(0, 99))"""
    )
    assert wide == []


def test_letters_in_pictures_stay_legible_on_a_narrow_page(show):
    page = show(width=390)
    for graph in page.locator("svg.graph").all():
        assert scale(page, graph) == pytest.approx(1.0, abs=0.01)
    for plot in page.locator("svg.plot").all():
        assert scale(page, plot) > 0.7


def test_light_and_dark_differ(show):
    shade = "getComputedStyle(document.body).backgroundColor"
    light, dark = (show(scheme=scheme).evaluate(shade) for scheme in ("light", "dark"))
    assert sum(map(int, light[4:-1].split(","))) > 600 > 200 > sum(map(int, dark[4:-1].split(",")))


def test_text_in_boxes_fits_them(show):
    page = show()
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.graph .card, .graph .tip')].flatMap(card => {
          const box = card.querySelector('rect').getBoundingClientRect();
          return [...card.querySelectorAll('text')].filter(text => {
            const own = text.getBoundingClientRect();
            return own.left < box.left || own.right > box.right || own.bottom > box.bottom + 1;
          }).map(text => text.textContent);
        })"""
    )
    assert outside == []
    overlapping = page.evaluate(
        """() => [...document.querySelectorAll('.graph .card')].flatMap(card => {
          const texts = [...card.querySelectorAll('text')].map(t => t.getBoundingClientRect());
          return texts.filter((one, number) => texts.some((other, place) => place < number
            && Math.abs(one.top - other.top) < 4
            && one.left < other.right && other.left < one.right));
        })"""
    )
    assert overlapping == []


def test_the_whole_page_can_be_walked_by_keyboard(show):
    page = show()
    walk = []
    for _ in range(400):
        page.keyboard.press("Tab")
        at = focus(page)
        if at[0] == "BODY":
            break
        walk.append(at)
        visible = page.evaluate(
            """() => {
              const box = document.activeElement.getBoundingClientRect();
              return box.right > 0 && box.left < innerWidth
                && box.bottom > 0 && box.top < innerHeight;
            }"""
        )
        assert visible, at
    kinds = [kind for kind, _ in walk]
    assert walk[0][1] == "Skip to the lessons"
    links = page.locator("nav.map a").count()
    assert kinds.count("A") + kinds.count("lesson") >= links
    for kind, count in (("window", 3), ("copy", 3), ("SUMMARY", 4), ("node right", 12)):
        assert kinds.count(kind) >= count, kind
    assert kinds.count("node first") == page.locator(".node.first").count()
    assert kinds.count("edge") == page.locator(".edge").count()
    assert [said for kind, said in walk if kind == "BUTTON"][:3] == ["Zoom out", "Fit", "Zoom in"]


def test_focus_is_seen_wherever_it_goes(show):
    page = show()
    for target in ("nav.map a", ".copy", ".tools button", ".window", "summary", ".node", ".edge"):
        page.locator(target).first.scroll_into_view_if_needed()
        before = page.locator(target).first
        away = before.evaluate(SEEN)
        page.keyboard.press("Shift")  # so that the browser takes us for a keyboard
        before.focus()
        assert before.evaluate(SEEN) != away, target


SEEN = """each => [each, ...each.querySelectorAll('.box, .line, .tip')].map(part => {
  const style = getComputedStyle(part);
  const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return [outline, style.stroke, style.strokeWidth, style.visibility].join();
}).join(';')"""


def test_the_skip_link_leads_to_the_lessons(show):
    page = show()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "lessons"


def test_a_concepts_link_leads_to_it_and_unfolds_it(show):
    page = show()
    row = page.locator("#mg1-slope")
    assert not row.is_visible()
    page.locator("nav.map a[href='#mg1-slope']").focus()
    page.keyboard.press("Enter")
    row.wait_for(state="visible")
    assert page.evaluate("document.activeElement.id") == "mg1-slope"
    sync_api.expect(row).to_be_in_viewport()


def test_details_open_and_close_by_keyboard(show):
    page = show()
    summary = page.locator("#mg4-accumulate details.checks summary")
    check = page.locator("#mg4-accumulate .check")
    assert not check.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    assert check.is_visible()
    page.keyboard.press("Space")
    assert not check.is_visible()


def test_the_program_is_copied_as_it_can_be_pasted(show):
    page = show(permissions=["clipboard-read", "clipboard-write"])
    card = page.locator("#mg4-accumulate")
    card.locator(".copy").focus()
    page.keyboard.press("Enter")
    sync_api.expect(card.locator(".copied")).to_have_text("Copied")
    (concept,) = [each for each in half_done().concepts if each.id == "mg4.accumulate"]
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == concept.diagnosis.case.program


def test_edges_tell_their_arithmetic_to_mouse_and_keyboard(show):
    page = show()
    edge = page.locator("#mg3-backward svg.graph .edge").first
    tip = edge.locator(".tip")
    assert not tip.is_visible()
    edge.focus()
    assert tip.is_visible()
    page.locator("h1").click()
    assert not tip.is_visible()
    edge.locator(".hit").hover(force=True)
    assert tip.is_visible()
    assert f"= {neuron_case().nodes[-1].local[0]:.6g}" in tip.text_content()


def test_an_only_edge_tells_its_arithmetic_at_once(show):
    assert show().locator("#mg3-tanh-backward svg.graph .tip").is_visible()


def test_graphs_zoom_by_button_key_and_wheel(show):
    page = show()
    picture = page.locator("#mg4-accumulate .picture")
    graph, window = picture.locator("svg.graph"), picture.locator(".window")
    start = scale(page, graph)
    picture.get_by_role("button", name="Zoom in").click()
    bigger = scale(page, graph)
    assert bigger == pytest.approx(start * 1.25, rel=0.01)
    assert picture.locator(".zoom").text_content() == f"{round(bigger * 100)} %"
    window.focus()
    page.keyboard.press("+")
    assert scale(page, graph) > bigger
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert scale(page, graph) == pytest.approx(start, rel=0.01)
    page.keyboard.press("-")
    assert scale(page, graph) < start
    page.keyboard.press("0")
    assert scale(page, graph) == pytest.approx(start, rel=0.01)
    window.hover()
    wide = graph.bounding_box()["width"]
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_function(
        "([svg, was]) => svg.getBoundingClientRect().width > was * 1.1",
        arg=[graph.element_handle(), wide],
    )
    assert page.evaluate("visualViewport.scale") == 1


def test_graphs_pan_by_key_and_drag(show):
    page = show(width=390)
    window = page.locator("#mg4-accumulate .window")
    left = "each => each.scrollLeft"
    start = window.evaluate(left)
    window.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([each, was]) => each.scrollLeft > was", arg=[window.element_handle(), start]
    )
    page.keyboard.press("ArrowLeft")
    box = window.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 12
    before = window.evaluate(left)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 80, y, steps=4)
    page.mouse.up()
    assert window.evaluate(left) == pytest.approx(before + 80, abs=2)


def test_a_graph_too_wide_for_its_window_shows_the_first_wrong_node(show):
    page = show(width=390)
    first = page.locator("#mg4-accumulate .node.first .box").bounding_box()
    window = page.locator("#mg4-accumulate .window").bounding_box()
    assert window["x"] <= first["x"]
    assert first["x"] + first["width"] <= window["x"] + window["width"]


def test_without_javascript_all_of_it_can_be_read(show):
    page = show(java_script_enabled=False)
    card = page.locator("#mg4-accumulate")
    for part in (".sentence", ".think", "pre", "svg.graph", ".pair"):
        assert card.locator(part).first.is_visible()
    assert not card.locator(".tools").is_visible() and not card.locator(".copy").is_visible()
    card.locator("summary").first.click()
    assert card.locator("table").is_visible()
    card.locator(".edge").first.focus()
    assert card.locator(".tip").first.is_visible()
    page.locator("nav.map a[href='#mg1-slope']").click()
    assert page.locator("#mg1-slope").is_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_print_shows_everything_and_no_buttons(show, tmp_path, scripts):
    page = show(scheme="dark", java_script_enabled=scripts)
    page.emulate_media(media="print")
    card = page.locator("#mg4-accumulate")
    assert not card.locator(".copy").is_visible() and not card.locator(".tools").is_visible()
    if not scripts:  # scripts unfold when the printer asks
        assert card.locator("table").bounding_box()["height"] > 100
    path = tmp_path / "report.pdf"
    page.pdf(path=str(path), format="A4", prefer_css_page_size=True)
    assert path.read_bytes().startswith(b"%PDF-") and _pages(path) >= 4
    if scripts:
        folded = page.locator("details:not([open])")
        before = folded.count()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert before > 0 == folded.count()
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert folded.count() == before


def _pages(path: Path) -> int:
    return path.read_bytes().count(b"/Type /Page\n")


def test_text_of_a_submission_does_nothing(show):
    page = show("hostile")
    assert page.title() != "owned"
    assert page.locator("img").count() == 0 and page.locator("script").count() == 1
    card = page.locator("#mg4-accumulate")
    assert BAD in card.locator(".sentence").text_content()


def test_a_script_that_got_in_would_not_run(show, browser, reports):
    text = (reports / "half-done.html").read_text(encoding="utf-8")
    (reports / "broken-into.html").write_text(
        text.replace("<main", "<script>document.title = 'owned'</script><main", 1), encoding="utf-8"
    )
    context = browser.new_context()
    page = context.new_page()
    page.goto((reports / "broken-into.html").as_uri())
    assert page.title() != "owned"
    context.close()
