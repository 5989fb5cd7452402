// What a page must be to the eye and to a screen reader: axe-core, no sideways scrolling, links that lead somewhere.

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };

/** Sets size and scheme of the tab. */
export async function setView(tab, size, colorScheme) {
  await tab.setViewportSize(size);
  await tab.emulateMedia({ colorScheme });
}

/** axe-core's violations, all rules on, each with the element's selector. */
export async function axe(tab, page, faults, view) {
  const found = await tab.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ target, html, any }) => ({ target: target.join(" "), html, why: any[0]?.message ?? "" })),
    }));
  });
  for (const { id, help, nodes } of found) {
    for (const { target, html, why } of nodes) {
      const detail = id === "color-contrast" ? why.replace(/\(.*/, "") : html.slice(0, 120);
      faults.add("axe", page.url || "/", `${id} (${view}): ${help}`, `${target}  ${detail}`);
    }
  }
}

/** No sideways scrolling of the page; what sticks out is named. */
export async function fits(tab, page, faults, view) {
  const out = await tab.evaluate(() => {
    const root = document.documentElement;
    const width = root.clientWidth;
    if (root.scrollWidth <= width) return [];
    const name = (el) => el.tagName.toLowerCase() + (el.className?.baseVal ?? el.className ? `.${String(el.className?.baseVal ?? el.className).trim().split(/\s+/).join(".")}` : "");
    const wide = [...document.body.querySelectorAll("*")]
      .filter((el) => el.getBoundingClientRect().right > width + 1)
      .filter((el, _, all) => !all.some((other) => other !== el && el.contains(other)));
    return [`${root.scrollWidth} px wide: ${wide.slice(0, 3).map(name).join(", ")}`];
  });
  for (const where of out) faults.add("sideways", page.url || "/", `the page scrolls sideways (${view})`, where);
}

/** The page's links inside the site, resolved, with the ids that it has, for [`links`]. */
export function linksOf(tab) {
  return tab.evaluate(() => ({
    ids: [...document.querySelectorAll("[id]")].map((el) => el.id),
    links: [...document.querySelectorAll("a[href], area[href], link[href]")]
      .filter((el) => !["canonical"].includes(el.rel))
      .map((el) => ({ href: el.href?.baseVal ? new URL(el.href.baseVal, document.baseURI).href : el.href, raw: el.getAttribute("href") })),
  }));
}

/** Every link inside the site leads to a file, and every fragment to an id of that page. */
export function links(found, root, has, faults) {
  const idsOf = new Map(found.map(({ page, ids }) => [page.url, new Set(ids)]));
  for (const { page, ids, links } of found) {
    for (const { href, raw } of links) {
      if (raw.startsWith("#")) {
        if (raw.length > 1 && !ids.includes(decodeURIComponent(raw.slice(1)))) {
          faults.add("links", page.url || "/", "a link's fragment leads nowhere", raw);
        }
        continue;
      }
      if (!href.startsWith(root)) {
        if (hostOf(href) === hostOf(root)) {
          faults.add("links", page.url || "/", "a link leaves the folder of the site", raw);
        }
        continue;
      }
      const [path, fragment] = href.slice(root.length).replace(/\?[^#]*/, "").split("#");
      const url = decodeURIComponent(path);
      if (!has(url)) faults.add("links", page.url || "/", "a link leads nowhere", raw);
      else if (fragment && idsOf.has(url) && !idsOf.get(url).has(decodeURIComponent(fragment))) {
        faults.add("links", page.url || "/", "a link's fragment leads nowhere", raw);
      }
    }
  }
}

function hostOf(href) {
  const { protocol, host } = new URL(href);
  return protocol + host;
}
