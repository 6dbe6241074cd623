"use strict";
// Without this script the page says the same: it adds copying, zooming and dragging.

for (const hidden of document.querySelectorAll(".tools, .copy, .keys")) hidden.hidden = false;

// Copy the program.
for (const button of document.querySelectorAll(".copy")) {
  const code = button.closest(".copyable").querySelector("code");
  const status = button.closest(".copyable").querySelector(".copied");
  button.addEventListener("click", async () => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      // A file opened from disk may not be allowed to write: select it, for the keyboard to copy.
      getSelection().selectAllChildren(code);
      copied = document.execCommand("copy");
    }
    status.textContent = copied ? "Copied" : "Selected: copy it with the keyboard";
    setTimeout(() => { status.textContent = ""; }, 4000);
  });
}

// What does not scroll need not be stopped at with Tab.
const stops = () => {
  for (const each of document.querySelectorAll("pre, .scroll")) {
    if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
    else each.removeAttribute("tabindex");
  }
};
addEventListener("resize", stops);
document.addEventListener("toggle", stops, true);
stops();

// Zoom and pan the graphs.
for (const picture of document.querySelectorAll(".picture")) {
  const view = picture.querySelector(".window");
  const graph = picture.querySelector("svg.graph");
  const status = picture.querySelector(".zoom");
  const wide = graph.viewBox.baseVal.width;
  const high = graph.viewBox.baseVal.height;
  let scale = 1;

  // All of it where letters stay legible, else a part that scrolls.
  const smallest = () => (view.clientWidth < 600 ? 1 : 0.75);
  const fitting = () => Math.min(1, Math.max(smallest(), (view.clientWidth - 2) / wide));

  // The point of the graph under (x, y) of the window stays there.
  const zoom = (wanted, x = view.clientWidth / 2, y = view.clientHeight / 2, tell = true) => {
    const next = Math.min(3, Math.max(0.3, wanted));
    const left = (view.scrollLeft + x) / scale;
    const top = (view.scrollTop + y) / scale;
    scale = next;
    graph.setAttribute("width", wide * scale);
    graph.setAttribute("height", high * scale);
    view.scrollLeft = left * scale - x;
    view.scrollTop = top * scale - y;
    if (tell) status.textContent = `${Math.round(scale * 100)} %`;
  };

  const showFirst = () => {
    const first = graph.querySelector(".node.first");
    if (!first) return;
    const box = first.getBoundingClientRect();
    const frame = view.getBoundingClientRect();
    view.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
  };

  const fit = (tell) => { zoom(fitting(), 0, 0, tell); showFirst(); };

  for (const button of picture.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      if (button.dataset.zoom === "reset") fit(true);
      else zoom(scale * (button.dataset.zoom === "in" ? 1.25 : 0.8));
    });
  }

  view.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] };
    if (event.key === "+" || event.key === "=") zoom(scale * 1.25);
    else if (event.key === "-") zoom(scale * 0.8);
    else if (event.key === "0") fit(true);
    else if (event.key in moves) {
      const [dx, dy] = moves[event.key];
      // Where the window can't move that way, the page does.
      const room = dx ? view.scrollWidth > view.clientWidth : view.scrollHeight > view.clientHeight;
      if (!room) return;
      view.scrollBy(dx, dy);
    } else return;
    event.preventDefault();
  });

  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const frame = view.getBoundingClientRect();
    zoom(scale * Math.exp(-event.deltaY / 400), event.clientX - frame.left, event.clientY - frame.top);
  }, { passive: false });

  // Fingers scroll by themselves.
  view.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    const start = [event.clientX, event.clientY, view.scrollLeft, view.scrollTop];
    const move = (to) => {
      view.classList.add("dragged");
      view.scrollLeft = start[2] - (to.clientX - start[0]);
      view.scrollTop = start[3] - (to.clientY - start[1]);
    };
    const stop = () => {
      view.classList.remove("dragged");
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", stop);
      removeEventListener("pointercancel", stop);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", stop);
    addEventListener("pointercancel", stop);
  });

  fit(false);
}

// What is folded is unfolded for print, and for a link that leads into it.
const folded = new Set();
addEventListener("beforeprint", () => {
  for (const each of document.querySelectorAll("details:not([open])")) {
    folded.add(each);
    each.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const each of folded) each.open = false;
  folded.clear();
});

const unfold = () => {
  const goal = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!goal) return;
  const inside = goal.querySelector(":scope > details");
  if (inside && goal.classList.contains("settled")) inside.open = true;
  let around = goal.closest("details:not([open])");
  if (!around) return;
  for (; around; around = around.parentElement.closest("details")) around.open = true;
  goal.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();
