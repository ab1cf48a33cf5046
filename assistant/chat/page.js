// The page's own listeners, delegated so that they outlive every update of the conversation and the sources.
(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const glide = (target, block) => target.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });

  // Citations
  let origin = null; // the citation that was last followed

  function follow(cite) {
    const keys = cite.dataset.cites.split(" ");
    const marks = keys.flatMap((key) => all(`mark[data-spans~="${CSS.escape(key)}"]`));
    if (!marks.length) return;
    turn("papers", false);
    all(".hit").forEach((old) => old.classList.remove("hit"));
    void document.body.offsetWidth; // so that the same words flash again
    origin = cite;
    const card = marks[0].closest(".card");
    card.open = true;
    [card, cite, ...marks].forEach((each) => each.classList.add("hit"));
    glide(marks[0], "center");
    card.querySelector("summary").focus({ preventScroll: true });
  }

  function back() {
    // The conversation may have been drawn anew since; then the same citation stands in its place.
    const again = origin && one(`a.cite[data-cites="${CSS.escape(origin.dataset.cites)}"]`);
    const target = origin && origin.isConnected ? origin : again || one(".turn:last-of-type");
    if (!target) return;
    glide(target, "center");
    target.focus({ preventScroll: true });
  }

  // What a citation says, shown beside it while the pointer or the keyboard is on it
  let tip = null;

  function tell(cite) {
    if (!tip) {
      tip = document.body.appendChild(document.createElement("div"));
      Object.assign(tip, { id: "tip", className: "tip" }).setAttribute("role", "tooltip");
      tip.append(document.createElement("b"), document.createElement("span"));
    }
    tip.firstChild.textContent = cite.dataset.title;
    tip.lastChild.textContent = cite.dataset.quote;
    cite.setAttribute("aria-describedby", "tip");
    tip.hidden = false;
    const at = cite.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const above = at.top > size.height + 12;
    tip.style.top = `${above ? at.top - size.height - 8 : at.bottom + 8}px`;
    tip.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
  }

  const hush = () => tip && (tip.hidden = true);
  const cited = (event) => event.target.closest && event.target.closest("a.cite");
  for (const began of ["mouseover", "focusin"])
    document.addEventListener(began, (event) => (cited(event) ? tell(cited(event)) : hush()));
  document.addEventListener("focusout", hush);
  document.addEventListener("scroll", hush, { capture: true, passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    hush();
    turn("past", false);
  });

  // Panels that a button opens and closes
  const buttons = { past: "#show-past", papers: "#show-papers", choices: "#show-choices", exports: "#show-exports" };

  function turn(panel, open) {
    const now = open ?? !document.body.classList.contains(`with-${panel}`);
    document.body.classList.toggle(`with-${panel}`, now);
    tellState();
    return now;
  }

  function tellState() {
    for (const [panel, selector] of Object.entries(buttons)) {
      const button = one(selector);
      const open = String(document.body.classList.contains(`with-${panel}`));
      if (button && button.getAttribute("aria-expanded") !== open) button.setAttribute("aria-expanded", open);
    }
  }

  function press(event) {
    for (const [panel, selector] of Object.entries(buttons)) {
      if (!event.target.closest(selector)) continue;
      const opened = turn(panel);
      if (opened && panel === "papers" && innerWidth < 864) setTimeout(() => glide(one("#papers"), "start"), 400);
      return;
    }
    if (event.target.closest("#past button, #new") && innerWidth < 1180) turn("past", false);
  }

  async function copy(button) {
    const done = await navigator.clipboard.writeText(button.dataset.copy).then(
      () => true,
      () => false,
    );
    button.textContent = done ? "Copied" : "The browser does not allow copying";
    setTimeout(() => (button.textContent = "Copy BibTeX"), 2000);
  }

  document.addEventListener(
    "click",
    (event) => {
      if (!event.target.closest) return;
      const button = event.target.closest("button.copy");
      if (button) return void copy(button);
      press(event);
      const link = event.target.closest("a.cite, a.back");
      if (!link || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      hush();
      link.matches(".cite") ? follow(link) : back();
    },
    true,
  );

  // Conversations, kept in this browser alone: one entry each, so that two tabs do not overwrite one another
  const PREFIX = "assistant-conversation-";
  const MOST = 40;
  let current = "";
  let wanted = "";

  function kept() {
    const entries = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
    const read = (key) => {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch {
        return null;
      }
    };
    return entries.map(read).filter((entry) => entry && entry.record).sort((a, b) => b.time - a.time);
  }

  function keep(text) {
    current = "";
    if (text) {
      const { id, title } = JSON.parse(text);
      current = id;
      kept().slice(MOST - 1).forEach((old) => old.id !== id && localStorage.removeItem(PREFIX + old.id));
      const entry = JSON.stringify({ id, title, time: Date.now(), record: text });
      for (let tries = 0; tries < MOST; tries++) {
        try {
          localStorage.setItem(PREFIX + id, entry);
          break;
        } catch {
          const oldest = kept().filter((old) => old.id !== id).pop(); // the browser gives no more room
          if (!oldest) break;
          localStorage.removeItem(PREFIX + oldest.id);
        }
      }
    }
    list();
  }

  function list() {
    const place = one("#kept");
    if (!place) return;
    place.replaceChildren(
      ...kept().map((entry) => {
        const row = document.createElement("div");
        const open = row.appendChild(document.createElement("button"));
        const forget = row.appendChild(document.createElement("button"));
        row.className = entry.id === current ? "kept current" : "kept";
        Object.assign(open, { type: "button", className: "open", textContent: entry.title });
        if (entry.id === current) open.setAttribute("aria-current", "true");
        Object.assign(forget, { type: "button", className: "forget", textContent: "×" });
        forget.setAttribute("aria-label", `Delete the conversation: ${entry.title}`);
        open.onclick = () => {
          wanted = entry.record;
          one("#reopen").click();
        };
        forget.onclick = () => {
          localStorage.removeItem(PREFIX + entry.id);
          if (entry.id === current) one("#new").click();
          list();
        };
        return row;
      }),
    );
  }
  addEventListener("storage", list);

  function download(text) {
    if (!text) return;
    const file = JSON.parse(text);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.text], { type: "text/plain;charset=utf-8" }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  const picked = () => JSON.stringify(all("#paper-list .pick:checked").map((box) => box.value));
  window.assistantPage = { keep, download, picked, wanted: () => wanted };

  // Seconds of the stage that goes on; a slow model is called slow
  let stage = "";
  let since = 0;
  setInterval(() => {
    const clock = one(".turn[aria-busy=true] .clock");
    if (!clock) return void (stage = "");
    const now = clock.parentElement.firstChild.nextSibling.textContent + all(".turn").length;
    if (now !== stage) [stage, since] = [now, performance.now()];
    const seconds = (performance.now() - since) / 1000;
    const slow = seconds > 20 ? " This takes longer than usual; you can stop it, or go on waiting." : "";
    if (seconds >= 1) clock.textContent = `${seconds.toFixed(0)} s.${slow}`;
  }, 250);

  // A new question is held at the top while its answer grows, until the reader moves.
  let shown = 0;
  let held = null;
  for (const moved of ["wheel", "touchmove", "pointerdown"])
    document.addEventListener(moved, () => (held = null), { capture: true, passive: true });
  new MutationObserver(() => {
    const turns = all("#conversation .turn");
    one("#conversation")?.setAttribute("aria-live", "polite");
    tellState();
    if (one("#kept") && !one("#kept").dataset.listed) {
      one("#kept").dataset.listed = "yes";
      list();
    }
    if (turns.length > shown) held = turns[turns.length - 1];
    shown = turns.length;
    if (!held) return;
    glide(held, "start");
    if (held.getAttribute("aria-busy") === "false") held = null;
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["aria-busy"] });
})();
