// Looks at the built example site as its readers do. `node check.mjs --help` tells how to run it.
//
// The site is built into a new folder and served under two path prefixes: the one of base_url, which only
// 404.html may depend on, and another, under which everything else must work.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { findChromium, inTabs, launch, openTab } from "./browser.mjs";
import { Faults } from "./faults.mjs";
import { feeds } from "./feeds.mjs";
import { skipLink, visibleFocus } from "./keyboard.mjs";
import { axe, DESK, fits, links, linksOf, PHONE, setView } from "./look.mjs";
import { nu } from "./nu.mjs";
import { options } from "./options.mjs";
import { canReadPdf, printed, withoutScript } from "./reading.mjs";
import { serve } from "./server.mjs";
import { build, files, pages, samples } from "./site.mjs";

const HOME = "/home/of/base-url/";
const ELSEWHERE = "/some/other/prefix/";
const SCHEMES = ["light", "dark"];
const VIEWS = [PHONE, DESK].flatMap((size) => SCHEMES.map((scheme) => ({ size, scheme, name: `${size.width} px, ${scheme}` })));

const given = options();
const work = mkdtempSync(join(tmpdir(), "brief-browser-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

const chromium = findChromium();
if (!chromium) {
  console.log("SKIPPED: browser checks, because there is no Chromium (looked at $CHROMIUM, /usr/bin/chromium)");
  process.exit(0);
}
const folder = given.selfTest ? fileURLToPath(new URL("faulty", import.meta.url)) : join(work, "site");
const baseUrl = `https://briefs.example.org${HOME}`;
if (!given.selfTest) build(given.brief, { ...given, out: folder, baseUrl });

const site = { folder, files: files(folder), pages: pages(folder) };
site.samples = samples(folder, site.pages);
const server = await serve(folder, [HOME, ELSEWHERE]);
const browser = await launch(chromium);
const faults = new Faults();
let failed;
try {
  if (given.shots) await shots(given.shots);
  else await check();
} catch (error) {
  failed = error;
}
await browser.close();
server.close();
process.exit(end());

/** Every check, in the order in which they are worth reading. */
async function check() {
  console.log(`${site.pages.length} pages of ${site.samples.length} templates, ${site.files.length} files`);
  await Promise.all([step("Nu checker", () => nu(folder, faults)), lookAtPages()]);
  await step("feeds, sitemap, data", checkFeeds);
}

async function lookAtPages() {
  await step("every page on a phone", everyPage);
  await step("templates in sizes and schemes", everyTemplate);
  await step("keyboard", keyboard);
  await step("without JavaScript", scriptless);
  if (canReadPdf()) await step("on paper", paper);
  else console.log("  SKIPPED: on paper, because there is no pdftotext (package poppler-utils)");
}

async function everyPage() {
  const found = [];
  const lost = [];
  await inTabs(site.pages, given.tabs, phoneTab, async ({ tab, open }, page) => {
    const isMissing = page.url === "404.html";
    await open(page, addressOf(page), { isMissing });
    await axe(tab, page, faults, VIEWS[0].name);
    await fits(tab, page, faults, VIEWS[0].name);
    (isMissing ? lost : found).push({ page, ...(await linksOf(tab)) });
  });
  links(found, server.origin + ELSEWHERE, hasPage, faults);
  links(lost, server.origin + HOME, hasPage, faults);
}

async function everyTemplate() {
  await inTabs(site.samples, given.tabs, phoneTab, async ({ tab, open }, page) => {
    await open(page, addressOf(page), { isMissing: page.url === "404.html" });
    for (const { size, scheme, name } of VIEWS.slice(1)) {
      await setView(tab, size, scheme);
      await axe(tab, page, faults, name);
    }
  });
}

async function keyboard() {
  await inTabs(site.samples, given.tabs, phoneTab, async ({ tab, open }, page) => {
    await open(page, addressOf(page), { isMissing: page.url === "404.html" });
    await skipLink(tab, page, faults, VIEWS[0].name);
    await setView(tab, DESK, "dark");
    await open(page, addressOf(page), { isMissing: page.url === "404.html" });
    await visibleFocus(tab, page, faults, VIEWS[3].name);
  });
}

async function scriptless() {
  const openBare = () => openTab(browser, faults, { origin: server.origin, javaScriptEnabled: false });
  await inTabs(site.pages, given.tabs, openBare, async ({ tab, open }, page) => {
    await open(page, addressOf(page), { isMissing: page.url === "404.html" });
    await withoutScript(tab, page, faults);
  });
}

async function paper() {
  await inTabs(site.samples, 1, phoneTab, async ({ tab, open }, page) => {
    await open(page, addressOf(page), { isMissing: page.url === "404.html" });
    await printed(tab, page, faults, work);
  });
}

async function checkFeeds() {
  const { tab, close } = await openTab(browser, faults, { origin: server.origin });
  await feeds(tab, folder, site.files, { baseUrl, has: hasPage }, faults);
  await close();
}

async function shots(to) {
  mkdirSync(to, { recursive: true });
  await inTabs(site.samples, given.tabs, phoneTab, async ({ tab, open }, page) => {
    await open(page, addressOf(page), { isMissing: page.url === "404.html" });
    for (const { size, scheme } of VIEWS) {
      await setView(tab, size, scheme);
      await tab.screenshot({ path: join(to, `${page.template}-${size.width}-${scheme}.png`), fullPage: true });
    }
  });
  console.log(`${site.samples.length * VIEWS.length} pictures in ${to}`);
}

function phoneTab() {
  return openTab(browser, faults, { origin: server.origin, width: PHONE.width });
}

/** Where a page is served; a redirect page stays, and 404.html answers for an address that is not there. */
function addressOf(page) {
  if (page.url === "404.html") return `${server.origin}${HOME}no/such/page/`;
  return `${server.origin}${ELSEWHERE}${page.url}${page.redirect ? "?stay" : ""}`;
}

/** Whether an address of the site has a file. */
function hasPage(url) {
  site.known ??= new Set(site.files);
  return site.known.has(url) || ((url === "" || url.endsWith("/")) && site.known.has(`${url}index.html`));
}

async function step(name, run) {
  const started = performance.now();
  await run();
  console.log(`  ${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function end() {
  if (failed) {
    console.error(failed);
    return 2;
  }
  if (given.selfTest) return endSelfTest();
  const { length } = faults.all();
  if (length > 0) console.log(`\n${faults}\n`);
  if (!given.shots) console.log(length === 0 ? "browser checks: nothing found" : `browser checks: ${length} faults`);
  return length === 0 || given.shots ? 0 : 1;
}

/** A check that cannot fail is worth nothing: on the faulty page each must find something. */
function endSelfTest() {
  const checks = ["axe", "console", "foreign-host", "json", "json-feed", "keyboard", "links", "no-script", "nu", "policy", "request", "sideways", "xml"];
  const blind = [...checks, ...(canReadPdf() ? ["print"] : [])].filter((check) => faults.of(check) === 0);
  console.log(blind.length === 0 ? "self-test: every check finds its fault" : `self-test: blind checks: ${blind.join(", ")}\n${faults}`);
  return blind.length === 0 ? 0 : 1;
}
