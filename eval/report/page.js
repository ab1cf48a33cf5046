// Sorts, filters and opens the questions. The page says all it has to say without this file.
(() => {
  "use strict";
  const list = document.querySelector(".rows");
  const tools = document.querySelector(".tools");
  if (!list || !tools) return;
  const rows = [...list.children];
  const texts = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
  document.documentElement.classList.add("js");
  tools.hidden = false;

  const filter = () => {
    const wanted = tools.querySelector("[data-search]").value.trim().toLowerCase();
    const chosen = [...tools.querySelectorAll("[data-filter]")].filter(select => select.value);
    let count = 0;
    for (const row of rows) {
      const fits = chosen.every(select => row.dataset[select.dataset.filter].split("|").includes(select.value));
      row.hidden = !(fits && texts.get(row).includes(wanted));
      count += !row.hidden;
    }
    tools.querySelector("output").textContent = count === rows.length ? `${count} questions` : `${count} of ${rows.length} questions`;
    document.querySelector("[data-none]").hidden = count > 0;
  };
  tools.addEventListener("input", filter);
  tools.addEventListener("submit", event => event.preventDefault());

  const value = (row, key) => row.getAttribute(`data-${key}`);
  const compare = (first, second) => {
    if (first === "" || second === "") return (first === "") - (second === ""); // what has no score comes last
    const [x, y] = [Number(first), Number(second)];
    return Number.isNaN(x) || Number.isNaN(y) ? first.localeCompare(second) : x - y;
  };
  const buttons = [...document.querySelectorAll("[data-sort]")];
  for (const button of buttons) {
    button.setAttribute("aria-pressed", button.dataset.sort === "place");
    button.addEventListener("click", () => {
      const down = button.getAttribute("aria-pressed") === "true" && !button.hasAttribute("data-down");
      for (const one of buttons) {
        one.setAttribute("aria-pressed", one === button);
        one.toggleAttribute("data-down", one === button && down);
      }
      const key = button.dataset.sort;
      const sorted = rows.slice().sort((a, b) => {
        const [x, y] = [value(a, key), value(b, key)];
        return compare(x, y) * (down && x !== "" && y !== "" ? -1 : 1);
      });
      list.append(...sorted);
    });
  }

  for (const button of tools.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => {
      for (const row of rows) if (!row.hidden) row.firstElementChild.open = button.dataset.open === "true";
    });
  }

  const follow = () => {
    const row = /^#q\d+$/.test(location.hash) && document.querySelector(location.hash);
    if (row) row.firstElementChild.open = true;
  };
  addEventListener("hashchange", follow);
  follow();
})();
