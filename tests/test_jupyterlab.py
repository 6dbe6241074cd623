"""A learner in a browser: JupyterLab and Notebook 7 run a lesson's cells and show the verdict."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import regions
from grader.authoring.notebook import notebook
from tests.browser import CHROMIUM, FLAGS, NEEDS_CHROMIUM
from tests.conftest import EXERCISES, ROOT, SOLUTIONS

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
psutil = pytest.importorskip("psutil", reason="psutil is not installed")
pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
pytest.importorskip("notebook", reason="Notebook 7 is not installed")
pytestmark = NEEDS_CHROMIUM

MG2, MG3 = "mg2_chain_rule", "mg3_backpropagation"
GOOD, SLIP = "1 - out.data**2", "1 - self.data**2"
TOKEN = "only-for-this-test"
SETTINGS = {"fetchNews": "false", "checkForUpdates": False}  # no question over the page
KERNEL_READY = """async () => {
  const { context, sessionContext } = window.jupyterapp.shell.currentWidget;
  await context.ready;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
}"""


class Server:
    """A JupyterLab in a folder of its own, with nobody's settings."""

    def __init__(self, base: Path, cache: Path) -> None:
        self.folder = base / "course"
        self.folder.mkdir()
        told = base / "settings" / "@jupyterlab" / "apputils-extension"
        told.mkdir(parents=True)
        (told / "notification.jupyterlab-settings").write_text(json.dumps(SETTINGS))
        places = {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "spaces"}
        for what in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            places[what] = what.lower()
        own = {what: str(base / place) for what, place in places.items()}
        kernel = {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cache)}
        command = [sys.executable, "-m", "jupyterlab", "--allow-root"]
        command += ["--no-browser", "--expose-app-in-browser"]
        command += ["--JupyterNotebookApp.expose_app_in_browser=True"]
        command += ["--ip=127.0.0.1", f"--ServerApp.root_dir={self.folder}"]
        with (base / "server.log").open("w") as self.log:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **own, **kernel, "JUPYTER_TOKEN": TOKEN},
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=subprocess.STDOUT,
            )
        self._told = base / "jupyter_runtime_dir" / f"jpserver-{self.process.pid}.json"

    def url(self, path: str) -> str:
        """The address of a page of it; waits until there is one."""
        deadline = time.monotonic() + 60
        while not self._told.exists():
            assert self.process.poll() is None, Path(self.log.name).read_text()
            assert time.monotonic() < deadline, Path(self.log.name).read_text()
            time.sleep(0.05)
        return f"{json.loads(self._told.read_text())['url']}{path}?token={TOKEN}"

    def close(self) -> None:
        """End it, its kernels, and what these started."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        try:
            self.process.wait(15)
        finally:
            _, left = psutil.wait_procs(family, 5)
            for each in (*left, self.process):
                each.kill()


@pytest.fixture(scope="module")
def server(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With two learners' folders: lesson 2 done, lesson 3 half-done, with a slip in tanh."""
    made = Server(tmp_path_factory.mktemp("jupyter"), cache)
    try:
        for learner in ("ada", "grace"):
            (made.folder / learner).mkdir()
            for lesson, text in ((MG2, notebook("mg2", _source(MG2))), (MG3, _half_done())):
                (made.folder / learner / f"{lesson}.ipynb").write_text(text, encoding="utf-8")
        yield made
    finally:
        made.close()


def _source(lesson: str) -> str:
    return (SOLUTIONS / f"{lesson}.py").read_text(encoding="utf-8")


def _half_done() -> str:
    """The exercise notebook; in the gaps that a learner has come to, what they have written."""
    book = json.loads((EXERCISES / "notebooks" / f"{MG3}.ipynb").read_text(encoding="utf-8"))
    source = _source(MG3)
    done = regions.exercise(source, regions.concepts_in(source)[:5]).replace(GOOD, SLIP)
    written = [_text(cell) for cell in json.loads(notebook("mg3", done))["cells"]]
    for cell in book["cells"]:
        head = _text(cell).partition('"""')[0]
        if "NotImplementedError" in _text(cell):
            cell["source"] = next(each for each in written if each.startswith(head))
    return json.dumps(book)


def _text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


@pytest.fixture(scope="module")
def browser(server: Server) -> Iterator[Any]:
    """Started while the server starts."""
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def show(browser: Any, server: Server) -> Iterator[Callable[[str], Any]]:
    """Opens a page of the server once its kernel answers; a request to elsewhere fails the test."""
    requests, contexts = [], []

    def opened(path: str) -> Any:
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(40_000)
        page.on("request", lambda request: requests.append(request.url))
        page.goto(server.url(path))
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext")
        page.evaluate(KERNEL_READY)  # a cell that is run earlier is passed over in silence
        return page

    yield opened
    for context in contexts:
        context.close()
    here = server.url("").partition("?")[0]
    assert [url for url in requests if not url.startswith((here, "data:", "blob:"))] == []


def cell(page: Any, source: str) -> Any:
    """The code cell with this line."""
    line = page.locator(".cm-line").filter(has_text=re.compile(f"^{re.escape(source)}$"))
    return page.locator(".jp-Notebook .jp-CodeCell").filter(has=line)


def run_to(page: Any, last: str) -> Any:
    """Shift and Enter, from the first cell to the check `last`, past other checks; its answer."""
    page.locator(".jp-Notebook .jp-InputPrompt").first.click()
    for _ in range(40):
        active = page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
        there = active.locator(".cm-content")
        source = there.inner_text().strip() if there.count() else ""
        other = source.startswith("%mggrade") and source != last
        page.keyboard.press("ArrowDown" if other else "Shift+Enter")
        if source == last:
            break
    shown = cell(page, last).locator(".mggrade")
    shown.wait_for(state="attached")
    cell(page, last).scroll_into_view_if_needed()  # what is out of sight has no text
    shown.wait_for()
    return shown


def verdict(shown: Any) -> list[str]:
    """The row of a single concept."""
    return [each.strip() for each in shown.locator("tbody").first.locator("td").all_inner_texts()]


def test_in_jupyterlab_a_slip_is_explained_and_mended(show: Callable[[str], Any]) -> None:
    page = show(f"lab/tree/ada/{MG3}.ipynb")
    check = "%mggrade mg3.tanh-backward"
    shown = run_to(page, check)
    assert verdict(shown) == ["✗ failed", "tanh, backward", "mg3.tanh-backward", "0 / 4"]
    said = shown.inner_text()
    assert "tanh's local derivative was computed from its input" in said
    numbers = [each.split() for each in shown.locator("details tr").all_inner_texts()]
    assert numbers == [
        ["yours", "a.grad", "=", "-0.846545"],
        ["PyTorch", "a.grad", "=", "-0.853617"],
    ]
    _is_legible(page, shown)

    written = cell(page, "def tanh(self):")
    written.scroll_into_view_if_needed()
    slip = written.locator(".cm-line").filter(has_text=SLIP)
    line = 1 + written.locator(".cm-line").all_text_contents().index("    def _backward():")
    number = written.locator(".jp-InputPrompt").first.text_content().strip("[]:")
    assert f"{MG3}.ipynb, cell {number}, line {line}" in said

    mended = slip.text_content().strip().replace(SLIP, GOOD)
    slip.click()
    for key in ("Home", "Shift+End"):
        page.keyboard.press(key)
    page.keyboard.insert_text(mended)
    page.keyboard.press("Shift+Enter")
    cell(page, check).locator(".jp-InputPrompt").first.click()
    page.keyboard.press("Shift+Enter")
    sync_api.expect(shown.locator("td").last).to_have_text("4 / 4", timeout=40_000)
    assert verdict(shown)[0] == "✓ passed"
    assert "Complete: PyTorch agrees with every number" in shown.inner_text()


def _is_legible(page: Any, shown: Any) -> None:
    """Every letter of it is legible, in both themes."""
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate(
            "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
            theme,
        )
        page.locator(f"body[data-jp-theme-name='{theme}']").wait_for(state="attached")
        pale = shown.evaluate(CONTRAST)
        assert min(pale.values()) >= 4.5, pale  # what WCAG asks for


CONTRAST = """shown => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = numbers(colour).map(each => each / 255)
      .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = each => {
    const colour = getComputedStyle(each).backgroundColor;
    return (numbers(colour)[3] ?? 1) === 1 ? colour : ground(each.parentElement);
  };
  return Object.fromEntries([...shown.querySelectorAll('*')].map(each => {
    const lights = [getComputedStyle(each).color, ground(each)].map(light);
    const [low, high] = lights.sort((a, b) => a - b);
    return [each.outerHTML.slice(0, 60), (high + 0.05) / (low + 0.05)];
  }));
}"""


def test_notebook_7_shows_the_same(show: Callable[[str], Any]) -> None:
    page = show(f"notebooks/grace/{MG3}.ipynb")
    shown = run_to(page, "%mggrade mg3.tanh")
    assert verdict(shown) == ["✓ passed", "tanh, forward", "mg3.tanh", "2 / 2"]
    page.set_viewport_size({"width": 390, "height": 844})
    assert shown.evaluate("each => each.scrollWidth <= each.clientWidth")  # nothing sticks out
