// A built site as the checks see it: its pages, and which template each is likely from.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Builds a site into a folder and prints what the program printed. */
export function build(brief, { site, out, baseUrl, now }) {
  const env = { ...process.env, BRIEF_BASE_URL: baseUrl };
  const args = ["build", "--site", site, "--out", out, "--now", now];
  execFileSync(brief, args, { env, stdio: ["ignore", "inherit", "inherit"] });
}

/** Every file under a folder, as paths with `/`, sorted. */
export function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}

/**
 * The pages of a built site: address, template and whether it only sends on to another page.
 * @returns {{url: string, file: string, template: string, redirect: boolean}[]}
 */
export function pages(folder) {
  return files(folder)
    .filter((file) => file.endsWith(".html"))
    .map((file) => {
      const html = readFileSync(join(folder, file), "utf8");
      const redirect = /<meta http-equiv="refresh"/i.test(html);
      const url = file.replace(/(^|\/)index\.html$/, "$1");
      return { url, file, redirect, template: redirect ? "redirect" : templateOf(url) };
    });
}

/** One page of each template, and the biggest one: what a sample of the site looks at. */
export function samples(folder, pages) {
  const byTemplate = new Map();
  for (const page of pages) {
    const size = readFileSync(join(folder, page.file)).length;
    const best = byTemplate.get(page.template);
    if (!best || size > best.size) byTemplate.set(page.template, { ...page, size });
  }
  return [...byTemplate.values()];
}

/** The template by the address: `/actors/ttp/` is `actors-one`, `/actors/` is `actors`. */
function templateOf(url) {
  const parts = url.split("/").filter(Boolean);
  const translated = /^[a-z]{2,3}(-[A-Za-z]+)?$/.test(parts[0] ?? "") && parts.length > 1;
  const [first, ...rest] = translated ? parts.slice(1) : parts;
  const template = () => {
    if (!first) return "home";
    if (/^\d{4}$/.test(first)) return rest.length === 0 ? "year" : "month";
    if (first.endsWith(".html")) return first;
    if (!KINDS.has(first)) return KINDLESS.has(first) ? first : "page";
    if (rest.length === 0) return first;
    return rest[0] === "page" ? `${first}-list` : `${first}-one`;
  };
  return translated ? `translated-${template()}` : template();
}

const KINDS = new Set(["briefs", "actors", "countries", "people", "regions", "events", "sources", "topics"]);
const KINDLESS = new Set(["timeline", "matrix", "judgements", "statements", "changes", "search"]);
