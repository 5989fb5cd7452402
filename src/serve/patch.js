// Makes the document that is in view like another one, touching only what differs: what stays keeps its
// place, its focus and whatever the reader did to it.

import { current, restartPlayers, stamp } from "./fresh.js";

/** Makes `document` like `next`. Style sheets come first, so that nothing is ever shown without them. */
export async function patch(next) {
  const stale = await addSheets(next);
  const keep = focusKeeper();
  stamp(next);
  attributes(document.documentElement, next.documentElement);
  head(next);
  element(document.body, next.body);
  for (const sheet of stale) sheet.remove();
  restartPlayers();
  keep();
}

/** Shows files again that changed while the page did not. */
export async function renew() {
  const stale = await addSheets(document);
  stamp(document);
  for (const sheet of stale) sheet.remove();
  restartPlayers();
}

/** Whether only a new load can show this page: it runs other scripts, or it leads elsewhere. */
export function needsLoad(next) {
  const scripts = (of) => [...of.querySelectorAll("script[src]")].map((script) => script.getAttribute("src"));
  const own = (src) => !src.startsWith("/_preview/");
  const all = (of) => scripts(of).filter(own).join("\n");
  return Boolean(next.querySelector('meta[http-equiv="refresh" i]')) || all(next) !== all(document);
}

/** Loads the style sheets that are new, beside the old ones, and gives those that are to go. */
async function addSheets(next) {
  const sheets = (of) => [...of.querySelectorAll('head link[rel~="stylesheet"]')];
  const old = sheets(document);
  const kept = new Set();
  const loading = [];
  let after = null;
  for (const sheet of sheets(next)) {
    const link = document.importNode(sheet);
    link.href = current(sheet.getAttribute("href"));
    const same = old.find(({ href }) => href === link.href);
    if (same) {
      kept.add(same);
      after = same;
      continue;
    }
    loading.push(new Promise((done) => (link.onload = link.onerror = done)));
    // Their order counts, so a new one never comes after what it stands before.
    if (after) after.after(link);
    else if (old.length) old[0].before(link);
    else document.head.append(link);
    after = link;
  }
  const patience = new Promise((done) => setTimeout(done, 3000));
  await Promise.race([Promise.all(loading), patience]);
  return old.filter((sheet) => !kept.has(sheet));
}

/** Title, description and the like; style sheets and scripts are seen to elsewhere. */
function head(next) {
  const others = (of) => [...of.children].filter((el) => !el.matches('script, link[rel~="stylesheet"]'));
  const old = others(document.head);
  for (const el of others(next.head)) {
    const at = old.findIndex((other) => other.isEqualNode(el));
    if (at >= 0) old.splice(at, 1);
    else document.head.append(document.importNode(el, true));
  }
  for (const el of old) el.remove();
}

/** Makes an element like another of the same name. */
function element(el, next) {
  if (el.isEqualNode(next)) return;
  attributes(el, next);
  if (el.localName === "textarea" || el.localName === "select") return;
  children(el, next);
}

function attributes(el, next) {
  // What the reader opened stays open.
  const isReaders = (name) => el.localName === "details" && name === "open";
  for (const { name } of [...el.attributes]) {
    if (!next.hasAttribute(name) && !isReaders(name)) el.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (el.getAttribute(name) !== value && !isReaders(name)) el.setAttribute(name, value);
  }
}

/** Makes the children of `el` like those of `next`: equal ones stay, like ones are changed, others come and go. */
function children(el, next) {
  const old = [...el.childNodes].filter((node) => !isOurs(node));
  const wanted = [...next.childNodes].filter((node) => !isOurs(node));
  let start = 0;
  while (start < old.length && start < wanted.length && old[start].isEqualNode(wanted[start])) start++;
  let end = 0;
  while (end < old.length - start && end < wanted.length - start && old.at(-1 - end).isEqualNode(wanted.at(-1 - end))) end++;
  const pool = old.slice(start, old.length - end);
  const anchor = old[old.length - end] ?? null;
  for (const node of wanted.slice(start, wanted.length - end)) {
    const at = partner(pool, node);
    if (at < 0) {
      el.insertBefore(document.importNode(node, true), pool[0] ?? anchor);
      continue;
    }
    // What stands before the partner has none of its own further on, because partners keep their order.
    for (const gone of pool.splice(0, at)) gone.remove();
    const [found] = pool.splice(0, 1);
    if (found.nodeType === Node.ELEMENT_NODE) element(found, node);
    else if (found.data !== node.data) found.data = node.data;
  }
  for (const gone of pool) gone.remove();
}

/** The place in `pool` of the node that `node` is a new state of, or -1. */
function partner(pool, node) {
  const equal = pool.findIndex((other) => other.isEqualNode(node));
  if (equal >= 0 && equal < 20) return equal;
  if (node.nodeType !== Node.ELEMENT_NODE) return pool[0]?.nodeType === node.nodeType ? 0 : -1;
  if (node.id) return pool.findIndex((other) => other.id === node.id && other.localName === node.localName);
  return isLike(pool[0], node) ? 0 : isLike(pool[1], node) ? 1 : -1;
}

function isLike(other, node) {
  return other?.nodeType === node.nodeType && other.localName === node.localName && !other.id;
}

/** The preview's own elements, which no page knows of. */
function isOurs(node) {
  return node.localName === "brief-preview" || (node.localName === "script" && node.getAttribute("src")?.startsWith("/_preview/"));
}

/** Remembers where the focus is; what it gives puts it back if its element had to go. */
function focusKeeper() {
  const el = document.activeElement;
  if (!el || el === document.body) return () => {};
  const alike = (of) => [...document.querySelectorAll(of.localName)].filter((other) => other.getAttribute("href") === of.getAttribute("href"));
  const nth = alike(el).indexOf(el);
  return () => {
    if (el.isConnected) return el !== document.activeElement && el.focus({ preventScroll: true });
    const found = (el.id && document.getElementById(el.id)) || alike(el)[nth] || alike(el).at(-1);
    found?.focus({ preventScroll: true });
  };
}
