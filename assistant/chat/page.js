// The page's own listeners, delegated so that they outlive every update of the conversation and the sources.
(() => {
  let origin = null; // the citation that was last followed

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function follow(cite) {
    const keys = cite.dataset.cites.split(" ");
    const marks = keys.flatMap((key) => [...document.querySelectorAll(`mark[data-spans~="${CSS.escape(key)}"]`)]);
    if (!marks.length) return;
    document.querySelectorAll(".hit").forEach((old) => old.classList.remove("hit"));
    void document.body.offsetWidth; // so that the same words flash again
    origin = cite;
    const card = marks[0].closest(".card");
    card.open = true;
    [card, cite, ...marks].forEach((one) => one.classList.add("hit"));
    marks[0].scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    card.querySelector("summary").focus({ preventScroll: true });
  }

  function back() {
    const target = origin && origin.isConnected ? origin : document.querySelector(".turn:last-of-type");
    if (!target) return;
    target.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    target.focus({ preventScroll: true });
  }

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest && event.target.closest("a.cite, a.back");
      if (!link || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      link.matches(".cite") ? follow(link) : back();
    },
    true,
  );

  // A new question is held at the top while its answer grows, until the reader moves.
  let shown = 0;
  let held = null;
  const hold = () => held.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  for (const moved of ["wheel", "touchmove", "pointerdown"])
    document.addEventListener(moved, () => (held = null), { capture: true, passive: true });
  new MutationObserver(() => {
    const turns = document.querySelectorAll("#conversation .turn");
    document.querySelector("#conversation")?.setAttribute("aria-live", "polite");
    if (turns.length > shown) held = turns[turns.length - 1];
    shown = turns.length;
    if (!held) return;
    hold();
    if (held.getAttribute("aria-busy") === "false") held = null;
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["aria-busy"] });
})();
