// Files for programs: Atom, JSON Feed, sitemap. Well-formed, and with what their standards require.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Checks every XML and JSON file of the site; the tab has a parser for XML. */
export async function feeds(tab, folder, files, { baseUrl, has }, faults) {
  for (const file of files.filter((file) => file.endsWith(".json"))) {
    let value;
    try {
      value = JSON.parse(readFileSync(join(folder, file), "utf8"));
    } catch (error) {
      faults.add("json", file, "not JSON", error.message);
      continue;
    }
    if (file.endsWith("feed.json")) jsonFeed(value, (message, where) => faults.add("json-feed", file, message, where));
  }
  for (const file of files.filter((file) => /\.(xml|svg)$/.test(file))) {
    const found = await tab.evaluate(readXml, readFileSync(join(folder, file), "utf8"));
    const fault = (message, where) => faults.add("xml", file, message, where);
    if (found.error) fault("not well-formed", found.error);
    else if (found.name === "feed") atom(found, fault);
    else if (found.name === "urlset") sitemap(found, fault, { baseUrl, has });
    else if (/\.xml$/.test(file)) fault(`neither a feed nor a sitemap: <${found.name}>`);
  }
}

/** RFC 4287, §4.1: what a feed and an entry must have. */
function atom({ namespace, children, entries }, fault) {
  if (namespace !== "http://www.w3.org/2005/Atom") fault("not in Atom's namespace", namespace);
  const one = (of, elements, name) => {
    const found = elements.filter((element) => element.name === name);
    if (found.length !== 1) fault(`${of} has ${found.length} <${name}>`, name);
    return found[0]?.text;
  };
  const required = (of, elements) => {
    const id = one(of, elements, "id");
    if (id && !URL.canParse(id)) fault(`${of}'s id is no absolute address`, id);
    if (!one(of, elements, "title")) fault(`${of} has an empty title`);
    const updated = one(of, elements, "updated");
    if (!DATE.test(updated ?? "")) fault(`${of}'s <updated> is no RFC 3339 time`, updated);
    for (const { name, href } of elements.filter((element) => element.name === "link")) {
      if (!URL.canParse(href)) fault(`${of}'s <${name}> is not absolute`, href);
    }
    return id;
  };
  required("the feed", children);
  const hasAuthor = children.some(({ name }) => name === "author");
  const ids = entries.map((entry) => {
    if (!hasAuthor && !entry.some(({ name }) => name === "author")) fault("an entry without author");
    const linked = entry.some(({ name, rel }) => name === "link" && (rel ?? "alternate") === "alternate");
    if (!linked && !entry.some(({ name }) => name === "content")) fault("an entry without link or content");
    return required("an entry", entry);
  });
  if (new Set(ids).size !== ids.length) fault("two entries have one id");
}

/** jsonfeed.org, version 1.1. */
function jsonFeed(feed, fault) {
  if (feed.version !== "https://jsonfeed.org/version/1.1") fault("wrong version", String(feed.version));
  if (!feed.title) fault("no title");
  for (const key of ["home_page_url", "feed_url"]) {
    if (feed[key] !== undefined && !URL.canParse(feed[key])) fault(`${key} is not absolute`, feed[key]);
  }
  if (!Array.isArray(feed.items)) return fault("no items");
  for (const item of feed.items) {
    if (!item.id) fault("an item without id");
    if (!item.content_html && !item.content_text) fault("an item without content_html or content_text", item.id);
    if (item.url !== undefined && !URL.canParse(item.url)) fault("an item's url is not absolute", item.url);
    for (const key of ["date_published", "date_modified"]) {
      if (item[key] !== undefined && !DATE.test(item[key])) fault(`${key} is no RFC 3339 time`, item[key]);
    }
  }
  if (new Set(feed.items.map(({ id }) => id)).size !== feed.items.length) fault("two items have one id");
}

/** sitemaps.org 0.9; each address is under base_url and has its page. */
function sitemap({ namespace, entries }, fault, { baseUrl, has }) {
  if (namespace !== "http://www.sitemaps.org/schemas/sitemap/0.9") fault("not in the sitemap's namespace", namespace);
  for (const entry of entries) {
    const at = entry.find(({ name }) => name === "loc")?.text ?? "";
    if (!at.startsWith(baseUrl)) fault("an address outside of base_url", at);
    const url = decodeURIComponent(at.slice(baseUrl.length));
    if (!has(url)) fault("an address without a page", at);
  }
}

/** Runs in the page: an XML document as plain values. */
function readXml(source) {
  const document = new DOMParser().parseFromString(source, "application/xml");
  const error = document.querySelector("parsererror");
  if (error) return { error: error.textContent.slice(0, 200) };
  const root = document.documentElement;
  const plain = (element) =>
    [...element.children].map((child) => ({
      name: child.localName,
      text: child.textContent.trim(),
      href: child.getAttribute("href") ?? undefined,
      rel: child.getAttribute("rel") ?? undefined,
    }));
  const isEntry = (element) => ["entry", "url"].includes(element.localName);
  return {
    name: root.localName,
    namespace: root.namespaceURI,
    children: plain(root).filter(({ name }) => !["entry", "url"].includes(name)),
    entries: [...root.children].filter(isEntry).map(plain),
  };
}
