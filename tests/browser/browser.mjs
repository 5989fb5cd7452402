// Chromium, and tabs that note whatever goes wrong while a page loads.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is, or nothing. */
export function findChromium() {
  return [process.env.CHROMIUM, ...PLACES].find((path) => path && existsSync(path));
}

/** Starts Chromium, which can reach this machine only. */
export function launch(executablePath) {
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/** A tab with axe in it, whose troubles go to `faults` under the page's name. */
export async function openTab(browser, faults, { origin, javaScriptEnabled = true, width = 1280 }) {
  const context = await browser.newContext({
    javaScriptEnabled,
    viewport: { width, height: 844 },
    reducedMotion: "reduce",
  });
  if (javaScriptEnabled) await context.addInitScript({ content: AXE });
  const tab = await context.newPage();
  let at = "";
  let missing = false;
  const note = (check, message, where) => faults.add(check, at, message, where);
  tab.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    if (missing && /status of 404/.test(message.text())) return;
    const csp = /Content Security Policy/.test(message.text());
    note(csp ? "policy" : "console", message.text().replaceAll(origin, ""), message.location().url);
  });
  tab.on("pageerror", (error) => note("console", error.message));
  tab.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !["data:", "blob:", "file:"].includes(url.protocol)) {
      note("foreign-host", `a request to ${url.host}`, request.url());
    }
  });
  tab.on("requestfailed", (request) => {
    // Aborted is what was still on its way when the tab went on to the next page.
    if (request.failure()?.errorText === "net::ERR_ABORTED") return;
    note("request", `failed: ${request.failure()?.errorText}`, request.url());
  });
  tab.on("response", (response) => {
    if (response.status() < 400 || (missing && response.request().isNavigationRequest())) return;
    note("request", `status ${response.status()}`, response.url().replace(origin, ""));
  });
  return {
    tab,
    close: () => context.close(),
    /** Opens an address of the site; faults are told of `page`. `isMissing` expects status 404. */
    open: async (page, address, { isMissing = false } = {}) => {
      at = page.url || "/";
      missing = isMissing;
      await tab.goto(address, { waitUntil: "load" });
    },
  };
}

/** Gives each item to one of `count` tabs. */
export async function inTabs(items, count, open, work) {
  const queue = [...items];
  const worker = async () => {
    const tab = await open();
    try {
      for (let item = queue.shift(); item; item = queue.shift()) await work(tab, item);
    } finally {
      await tab.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, worker));
}

/** The text of axe, for a page to run. */
export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
