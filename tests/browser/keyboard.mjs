// Someone without a mouse: the skip link is first and works, and one always sees where one is.

/** Tab shows the skip link, Enter moves into the main part. */
export async function skipLink(tab, page, faults, view) {
  const fault = (message, where) => faults.add("keyboard", page.url || "/", `${message} (${view})`, where);
  await tab.keyboard.press("Tab");
  const first = await tab.evaluate(focused);
  if (!first?.href?.includes("#")) return fault("the first stop of the Tab key is no skip link", first?.name ?? "nothing");
  if (!first.inView || first.area < 100) fault("the skip link stays unseen when focused", first.name);
  await tab.keyboard.press("Enter");
  await tab.keyboard.press("Tab");
  const inMain = await tab.evaluate(() => {
    const main = document.querySelector("main");
    const el = document.activeElement;
    if (!main) return false;
    const after = main.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING;
    const none = el === document.body && main.querySelectorAll("a[href], button, input, summary").length === 0;
    return main.contains(el) || Boolean(after) || none;
  });
  if (!inMain) fault("the skip link does not lead into the main part", first.name);
}

/** Walks through the page with the Tab key; every stop is in view and marked. */
export async function visibleFocus(tab, page, faults, view, stops = 40) {
  const seen = new Set();
  for (let stop = 0; stop < stops; stop++) {
    await tab.keyboard.press("Tab");
    const at = await tab.evaluate(focused);
    if (!at || seen.has(at.path)) break;
    seen.add(at.path);
    if (!at.inView) faults.add("keyboard", page.url || "/", `a focused element is out of view (${view})`, at.path);
    if (!at.marked) faults.add("keyboard", page.url || "/", `focus cannot be seen (${view})`, at.path);
  }
  if (seen.size === 0) faults.add("keyboard", page.url || "/", `nothing can be focused (${view})`);
}

/** Runs in the page: the focused element, and whether it looks different from when it is not focused. */
function focused() {
  const el = document.activeElement;
  if (!el || el === document.body || el === document.documentElement) return undefined;
  const name = (el) => {
    const classes = String(el.className?.baseVal ?? el.className ?? "").trim().split(/\s+/).filter(Boolean);
    const nth = el.parentElement ? [...el.parentElement.children].indexOf(el) + 1 : 1;
    return `${el.tagName.toLowerCase()}${classes.map((c) => `.${c}`).join("")}:nth-child(${nth})`;
  };
  const path = [];
  for (let up = el; up && up !== document.body; up = up.parentElement) path.unshift(name(up));
  const box = el.getBoundingClientRect();
  const look = () => {
    const s = getComputedStyle(el);
    const outline = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 ? s.outline : "";
    return [outline, s.boxShadow, s.backgroundColor, s.color, s.borderColor, s.textDecorationLine, s.textDecorationThickness].join("|");
  };
  const on = look();
  el.blur();
  const off = look();
  el.focus({ preventScroll: true });
  return {
    name: name(el),
    path: path.join(" > "),
    href: el.getAttribute("href") ?? undefined,
    area: box.width * box.height,
    inView: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    marked: on !== off,
  };
}
