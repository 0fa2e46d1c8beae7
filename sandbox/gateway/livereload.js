// The page's side of arc-sandbox's live reload: listens, loads the page again, swaps
// style sheets, and shows what a save has broken. Text only ever becomes textContent.
(() => {
  "use strict";
  // Whole, as a page's <base> may lead to another host.
  const STREAM = `${location.origin}/_arc/livereload`;
  const FIRST_WAIT_MS = 250;
  const LONGEST_WAIT_MS = 4000;
  const RELOADS = "arc-sandbox reloads";
  const SINCE = "arc-sandbox since";
  const LOOP_MS = 5000;
  const LOOP_RELOADS = 12;
  const STYLE = `
    :host { all: initial; color-scheme: light dark; }
    .veil { position: fixed; inset: 0; z-index: 2147483647; overflow: auto;
      background: rgb(0 0 0 / .55); font: 16px/1.5 system-ui, sans-serif; }
    .box { --ink: #1c1e21; --soft: #545d69; --red: #b3261e; --panel: #fff;
      --tint: #f4f5f7; box-sizing: border-box; width: min(56rem, calc(100% - 2rem));
      margin: 3rem auto; padding: 1.25rem 1.5rem; border-top: 6px solid var(--red);
      border-radius: .5rem; background: var(--panel); color: var(--ink); }
    .box:focus { outline: none; }
    @media (prefers-color-scheme: dark) { .box { --ink: #e8eaed; --soft: #a6b0bd;
      --red: #ff8a80; --panel: #1f2329; --tint: #16181c; } }
    button { float: right; font: inherit; color: inherit; background: var(--tint);
      border: 1px solid var(--soft); border-radius: .3rem; padding: .1rem .6rem;
      cursor: pointer; }
    h2 { margin: 0 3rem .4rem 0; font-size: 1.3rem; line-height: 1.25;
      color: var(--red); }
    section + section { margin-top: 1.5rem; }
    p { margin: .4rem 0; overflow-wrap: anywhere; white-space: pre-wrap; }
    .place, .hint { color: var(--soft); }
    .place, pre { font-family: ui-monospace, Menlo, Consolas, monospace;
      font-size: .88rem; }
    pre { margin: .5rem 0; padding: .6rem .8rem; overflow: auto; max-height: 20rem;
      border-radius: .3rem; background: var(--tint); }
    .source { border-left: 4px solid var(--red); }
    .hint { margin: 1rem 0 0; font-size: .85rem; }`;

  const script = document.currentScript;
  // A page that answers a form would send the form again.
  const isManual = Boolean(script && "manual" in script.dataset);
  const above = scriptAbove();
  let version = above ? null : take(SINCE);
  let stream = null;
  let timer = 0;
  let waitMs = FIRST_WAIT_MS;
  let overlay = null;
  let shown = "";
  let closed = "";
  const predecessors = new WeakMap();

  // The page around this one listens for both, and loads this one with itself: browsers
  // allow six connections to an origin, and a page may have as many frames.
  function scriptAbove() {
    if (window.parent === window) return undefined;
    try {
      return [...window.parent.document.scripts]
        .find((one) => one.src === script.src && !("manual" in one.dataset));
    } catch {
      return undefined; // It is of another origin.
    }
  }

  function connect() {
    clearTimeout(timer);
    if (above || stream || document.hidden) return;
    const query = version === null ? "" : `?since=${encodeURIComponent(version)}`;
    stream = new EventSource(STREAM + query);
    stream.addEventListener("state", (event) => {
      waitMs = FIRST_WAIT_MS;
      follow(JSON.parse(event.data));
    });
    stream.addEventListener("error", () => {
      disconnect();
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    });
  }

  function disconnect() {
    clearTimeout(timer);
    if (stream) stream.close();
    stream = null;
  }

  function follow(state) {
    version = state.version;
    if (state.change === "reload") {
      reload();
      return;
    }
    if (state.change === "styles") {
      swapStyles();
      script?.dispatchEvent(new CustomEvent("styles", { detail: version }));
    }
    show(state.troubles);
  }

  function swapStyles() {
    const links = [...document.querySelectorAll('link[rel~="stylesheet"][href]')]
      .filter((link) => new URL(link.href).origin === location.origin);
    const replaced = new Set(links.map((link) => predecessors.get(link)));
    if (links.length === 0) reload();
    for (const link of links.filter((one) => !replaced.has(one))) replace(link);
  }

  // The old sheet stays until the new one is there, so that nothing flickers.
  function replace(link) {
    const url = new URL(link.href);
    url.searchParams.set("_arc", version);
    const fresh = link.cloneNode();
    fresh.href = url.href;
    predecessors.set(fresh, link);
    fresh.addEventListener("load", () => {
      for (let old = link; old; old = predecessors.get(old)) old.remove();
    });
    fresh.addEventListener("error", reload);
    link.after(fresh);
  }

  function reload() {
    if (isManual || isLoop()) return;
    // What is saved while the page loads is noticed by this.
    keep(SINCE, version);
    location.reload();
  }

  // A page whose loading writes a file of the app would load itself for ever.
  function isLoop() {
    const now = Date.now();
    const times = JSON.parse(take(RELOADS) || "[]")
      .filter((time) => now - time < LOOP_MS);
    keep(RELOADS, JSON.stringify([...times, now]));
    if (times.length < LOOP_RELOADS) return false;
    console.warn("arc-sandbox: this page reloads again and again. Does loading it",
      "write a file of the app? Live reload rests for some seconds.");
    return true;
  }

  function keep(name, text) {
    try {
      sessionStorage.setItem(name, text);
    } catch {
      // A browser may refuse storage; then only these two comforts are gone.
    }
  }

  function take(name) {
    try {
      const text = sessionStorage.getItem(name);
      sessionStorage.removeItem(name);
      return text;
    } catch {
      return null;
    }
  }

  function show(troubles) {
    const key = JSON.stringify(troubles);
    remove();
    if (troubles.length === 0) closed = "";
    if (troubles.length === 0 || key === closed) return;
    shown = key;
    const box = element("div", "box");
    box.tabIndex = -1;
    box.setAttribute("role", "alertdialog");
    box.setAttribute("aria-label", "arc-sandbox: a save has broken something");
    const close = element("button", "", "Close");
    close.type = "button";
    close.addEventListener("click", hide);
    const hint = "Fix and save it, and the page comes back. Esc closes this.";
    box.append(close, ...troubles.map(section), element("p", "hint", hint));
    present(box);
  }

  function present(box) {
    const veil = element("div", "veil");
    veil.append(box);
    veil.addEventListener("click", (event) => {
      if (event.target === veil) hide();
    });
    overlay = document.createElement("arc-sandbox-overlay");
    const root = overlay.attachShadow({ mode: "open" });
    // A constructed sheet is not an inline style: no policy of the page's forbids it.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.append(veil);
    document.documentElement.append(overlay);
    box.focus({ preventScroll: true });
  }

  function hide() {
    closed = shown;
    remove();
  }

  function remove() {
    if (overlay) overlay.remove();
    overlay = null;
  }

  function section(trouble) {
    const part = document.createElement("section");
    part.append(element("h2", "", trouble.title));
    const rows = [
      ["p", "message", trouble.message],
      ["p", "place", trouble.place],
      ["pre", "source", trouble.source],
      ["p", "remedy", trouble.remedy],
      ["pre", "cause", trouble.cause],
    ];
    for (const [tag, name, text] of rows) {
      if (text) part.append(element(tag, name, text));
    }
    return part;
  }

  function element(tag, name, text) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text) made.textContent = text;
    return made;
  }

  above?.addEventListener("styles", ({ detail }) => {
    follow({ version: detail, change: "styles", troubles: [] });
  });
  addEventListener("keydown", (event) => {
    if (overlay && event.key === "Escape") hide();
  });
  // A page in the background holds no connection.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) disconnect();
    else connect();
  });
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  connect();
})();
