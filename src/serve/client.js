// Keeps the page in view up to date: it hears of each build, fetches this page if it changed, and patches
// it. While the sources have faults, it shows them over the page. It is the preview's; no built site has it.

import { namesOf, note } from "./fresh.js";
import { needsLoad, patch, renew } from "./patch.js";

const own = document.querySelector("script[data-build]");
let build = own.dataset.build;
let prefix;
let tag = own.dataset.tag;
const isReady = own.dataset.shown !== "waiting";
let latest;
let isBusy = false;

own.removeAttribute("data-build");
listen();

/** Hears of builds, through a worker for all tabs where the browser has such. */
function listen() {
  const hear = (data) => {
    latest = both(latest, JSON.parse(data));
    if (!isBusy) catchUp();
  };
  if (!globalThis.SharedWorker) {
    const source = new EventSource("/_preview/events");
    source.addEventListener("build", ({ data }) => hear(data));
    return;
  }
  const { port } = new SharedWorker("/_preview/worker.js", "brief-preview");
  port.onmessage = ({ data }) => hear(data);
  addEventListener("pagehide", () => port.postMessage("bye"));
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}

/** What two builds changed together, if the second one follows the first one. */
function both(first, second) {
  if (first?.build !== second.from) return second;
  const changed = first.changed && second.changed && [...first.changed, ...second.changed];
  return { ...second, from: first.from, changed, follow: second.follow ?? first.follow };
}

/** Goes on until this page is that of the latest build. Builds that came in between are passed over. */
async function catchUp() {
  isBusy = true;
  while (latest) {
    const news = latest;
    latest = undefined;
    try {
      await take(news);
    } catch (error) {
      // The preview went away meanwhile. The next news, when it is back, is of another build than ours.
      build = undefined;
      console.info("preview:", error.message);
    }
  }
  isBusy = false;
}

async function take(news) {
  if (news.ready && !isReady) return location.reload();
  // Without a site there is nothing that this page could be taken for: what it shows stays under the faults.
  if (news.ready && news.build !== build) {
    const changed = news.from === build && news.prefix === prefix ? news.changed : null;
    note(news.build, changed, news.prefix);
    const here = namesOf(location);
    if (changed && news.follow && !here.includes(news.follow)) return location.assign(news.follow.split("/").map(encodeURIComponent).join("/"));
    if (!changed || here.some((name) => changed.includes(name)) || isMissing()) await refresh();
    else await renew();
    build = news.build;
  }
  if (news.ready) prefix = news.prefix;
  await faults(news);
  document.dispatchEvent(new CustomEvent("brief:build", { detail: news }));
}

/** A page that is not there shows the site's page for that, which has no address of its own. */
function isMissing() {
  return own.dataset.shown === "missing";
}

/** Fetches this page, and patches it if it differs. */
async function refresh() {
  const response = await fetch(location.href.split("#")[0], { headers: { "If-None-Match": tag }, cache: "no-store" });
  if (response.status === 304) return renew();
  if (response.redirected || !response.headers.get("content-type")?.startsWith("text/html")) return location.reload();
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  if (needsLoad(next)) return location.reload();
  await patch(next);
  tag = response.headers.get("etag");
  own.dataset.shown = response.status === 404 ? "missing" : "page";
}

// ---- faults ----

let overlay;
let shown;

/** Shows the faults of a build over the page, or takes them away. */
async function faults(news) {
  if (!news.faults) return clear();
  if (shown === news.build) return;
  const response = await fetch("/_preview/faults", { cache: "no-store" });
  if (!response.ok) return clear();
  const text = new DOMParser().parseFromString(await response.text(), "text/html");
  shown = news.build;
  const panel = await open();
  panel.querySelector("#faults").replaceChildren(...document.importNode(text.body, true).childNodes);
  overlay.hidden = false;
  panel.scrollTop = 0;
  panel.querySelectorAll("pre").forEach(scrollToMark);
  if (document.activeElement === document.body) panel.focus({ preventScroll: true });
}

/** On a narrow screen the underlined place of a long line may be far to the right. */
function scrollToMark(frame) {
  const lines = frame.textContent.split("\n");
  const marked = lines.find((line) => /^ *\|.*\^/.test(line)) ?? "";
  const widest = Math.max(1, ...lines.map((line) => line.length));
  const at = (frame.scrollWidth * marked.indexOf("^")) / widest;
  if (at > frame.clientWidth * 0.7) frame.scrollLeft = at - frame.clientWidth * 0.3;
}

function clear() {
  shown = undefined;
  if (overlay) overlay.hidden = true;
}

/** The panel, in a tree of its own, so that the site's style and ours do not meet. */
async function open() {
  if (overlay) return overlay.shadowRoot.querySelector("section");
  overlay = document.createElement("brief-preview");
  overlay.hidden = true;
  const root = overlay.attachShadow({ mode: "open" });
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = "/_preview/overlay.css";
  const styled = new Promise((done) => (sheet.onload = sheet.onerror = done));
  const panel = document.createElement("section");
  panel.lang = "en";
  panel.dir = "ltr";
  panel.tabIndex = 0;
  panel.setAttribute("role", "alertdialog");
  panel.setAttribute("aria-labelledby", "title");
  panel.setAttribute("aria-describedby", "hint");
  const hint = document.createElement("p");
  hint.id = "hint";
  hint.textContent = isReady
    ? "The page below is the last good one. Escape hides this until the next build."
    : "The site appears as soon as this is mended.";
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Hide";
  close.onclick = () => (overlay.hidden = true);
  const list = document.createElement("div");
  list.id = "faults";
  panel.append(close, list, hint);
  root.append(sheet, panel);
  document.documentElement.append(overlay);
  addEventListener("keydown", ({ key }) => key === "Escape" && (overlay.hidden = true));
  await styled;
  return panel;
}
