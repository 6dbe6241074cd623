"use strict";
// Without this script the page says the same: it adds searching and sorting.

addEventListener("DOMContentLoaded", start);

function start() {
  const body = document.querySelector("#students tbody");
  const rows = [...body.rows];
  const texts = rows.map((row) => row.cells[0].textContent.toLowerCase());
  const found = document.querySelector("#found");
  const order = "✓◐✗!·–";

  document.querySelector("#search").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, at) => {
      row.hidden = !words.every((word) => texts[at].includes(word));
      if (!row.hidden) count += 1;
    });
    found.textContent = words.length ? `${count} of ${rows.length}` : "";
  });

  for (const button of document.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      const head = button.parentElement;
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const each of head.parentElement.cells) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const by = button.dataset.sort;
      const key = (row) => {
        if (by === "name") return row.cells[0].textContent.toLowerCase();
        if (by === "total") return -Number(row.dataset.total);
        return order.indexOf(row.cells[Number(by) + 2].textContent);
      };
      const keyed = rows.map((row, at) => [key(row), at, row]);
      keyed.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]));
      if (down) keyed.reverse();
      body.append(...keyed.map((each) => each[2]));
    });
  }
}
