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
  const choose = el.localName === "select" ? choiceKeeper(el) : () => {};
  children(el, next);
  choose();
}

/** Remembers what the reader chose; what it gives chooses that again where it is still there. */
function choiceKeeper(el) {
  const options = [...el.options];
  const first = options.findLast((option) => option.defaultSelected) ?? options[0];
  const isPreset = (option) => (el.multiple ? option.defaultSelected : option === first);
  const isReaders = options.some((option) => option.selected !== isPreset(option));
  const chosen = options.filter((option) => option.selected).map((option) => option.value);
  return () => {
    const keeps = isReaders && [...el.options].some((option) => chosen.includes(option.value));
    for (const option of el.options) option.selected = keeps ? chosen.includes(option.value) : option.defaultSelected;
  };
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
  const theirs = (of) => [...of.childNodes].filter((node) => !isOurs(node));
  const old = theirs(el);
  align(el, old, theirs(next), old.at(-1)?.nextSibling ?? null);
}

/** Makes `old`, which stand in `el` before `anchor`, like `wanted`. */
function align(el, old, wanted, anchor) {
  let start = 0;
  while (start < old.length && start < wanted.length && old[start].isEqualNode(wanted[start])) start++;
  let end = 0;
  while (end < old.length - start && end < wanted.length - start && old.at(-1 - end).isEqualNode(wanted.at(-1 - end))) end++;
  anchor = old[old.length - end] ?? anchor;
  old = old.slice(start, old.length - end);
  wanted = wanted.slice(start, wanted.length - end);
  const pairs = samePairs(old, wanted);
  if (!pairs.length) return replace(el, old, wanted, anchor);
  // What is the same holds its place, and each stretch between is a task of its own.
  let from = [0, 0];
  for (const [at, to] of pairs) {
    align(el, old.slice(from[0], at), wanted.slice(from[1], to), old[at]);
    if (old[at].nodeType === Node.ELEMENT_NODE) element(old[at], wanted[to]);
    from = [at + 1, to + 1];
  }
  align(el, old.slice(from[0]), wanted.slice(from[1]), anchor);
}

/** Places in `old` and in `wanted` of what is the same, as many as stand in the same order. */
function samePairs(old, wanted) {
  if (!old.length || !wanted.length || (old.length === 1 && wanted.length === 1)) return [];
  const [here, there] = [placesByKey(old), placesByKey(wanted)];
  const pairs = [];
  for (const [key, places] of there) {
    const before = here.get(key);
    // Of what there is more on one side, nobody knows which is which.
    if (before?.length === places.length) places.forEach((to, nth) => pairs.push([before[nth], to]));
  }
  return inOrder(pairs.sort(([, a], [, b]) => a - b));
}

function placesByKey(nodes) {
  const places = new Map();
  nodes.forEach((node, at) => {
    const key = keyOf(node);
    if (!key) return;
    if (places.has(key)) places.get(key).push(at);
    else places.set(key, [at]);
  });
  return places;
}

/** What tells a node from others. White space between blocks tells nothing, nor what the reader opened. */
function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.data?.trim() && `${node.nodeName} ${node.data}`;
  if (node.id) return `<${node.localName} id=${node.id}>`;
  return node.localName === "details" ? `<details>${node.innerHTML}` : node.outerHTML;
}

/** The longest row of pairs whose places rise on both sides. */
function inOrder(pairs) {
  // At n, the row of n + 1 pairs that ends at the lowest place so far, from its end: pair, rest of the row.
  const rows = [];
  for (const pair of pairs) {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle][0][0] < pair[0]) low = middle + 1;
      else high = middle;
    }
    rows[low] = [pair, rows[low - 1]];
  }
  const longest = [];
  for (let row = rows.at(-1); row; row = row[1]) longest.push(row[0]);
  return longest.reverse();
}

/** Makes the nodes of `pool` like `wanted`, where little is the same. */
function replace(el, pool, wanted, anchor) {
  for (const node of wanted) {
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
  const equal = pool.slice(0, 20).findIndex((other) => other.isEqualNode(node));
  if (equal >= 0) return equal;
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
