// Looks at the live preview as its writer does, in a real browser: what happens to the page in view when a
// file is saved. `node preview.mjs [--brief PROGRAM] [--only CHECK] [--shots DIR] [--edits N --site DIR]`
//
// With `--shots` it writes pictures of the overlay, phone and desk, light and dark. With `--edits` it measures
// how long it takes from the save of a brief of `--site` (which is edited) until the browser shows it.

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { AXE, findChromium, launch } from "./browser.mjs";
import { findProgram } from "./options.mjs";
import { options as shared } from "./options.mjs";

const { values: given } = parseArgs({
  options: {
    brief: { type: "string" },
    only: { type: "string" },
    shots: { type: "string" },
    edits: { type: "string" },
    site: { type: "string" },
  },
});
const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const program = resolve(given.brief ?? findProgram(root));
const chromium = findChromium();
if (!chromium) {
  console.log("SKIPPED: the preview in a browser, because there is no Chromium");
  process.exit(0);
}

const LONG = Array.from({ length: 60 }, (_, n) => `Paragraph ${n} of a long brief, with [a link](https://example.org/${n}).`).join("\n\n");
const brief = (title, text) => `---\ntitle: ${title}\ndate: 2025-01-01\n---\n${text}\n`;
const picture = (width) => `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="10"/>`;
const FILES = {
  "site.toml": 'title = "Preview"\n',
  "content/briefs/a.md": brief("A", `${LONG}\n\nThe end.`),
  "content/briefs/b.md": brief("B", "Another.\n\n![A picture](b.svg)"),
  "content/briefs/b.svg": picture(10),
  "content/briefs/fa.md": brief("F", "English."),
};

const top = mkdtempSync(join(tmpdir(), "brief-preview-"));
const browser = await launch(chromium);
const troubles = [];
let preview;
let isAxeAtWork = false;
process.on("exit", () => {
  preview?.child.kill("SIGKILL");
  rmSync(top, { recursive: true, force: true });
});
try {
  if (given.edits) await measure(Number(given.edits));
  else if (given.shots) await shots(given.shots);
  else await checks();
} finally {
  await browser.close();
}
for (const trouble of troubles) console.log(`FAULT: ${trouble}`);
console.log(troubles.length ? `${troubles.length} faults` : "the preview: no faults");
process.exit(troubles.length ? 1 : 0);

/** Every check on a fresh site. */
async function checks() {
  const all = { patched, between, forms, tabs, unchanged, styles, pictures, media, unlisted, overtaken, faults, firstBuild, missing, published, attributes, returns, returnsFaulty, follow };
  for (const [name, check] of Object.entries(all)) {
    if (given.only && given.only !== name) continue;
    await fresh(name === "follow" ? ["--follow"] : []);
    const context = await browser.newContext({ viewport: { width: 1280, height: 844 } });
    const trouble = (what) => troubles.push(`${name}: ${what}`);
    context.on("weberror", (error) => trouble(error.error().message));
    context.on("console", (message) => {
      const text = message.text();
      // While the preview is away, or has no page yet, the browser notes that in its log.
      const expected = /ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|status of (404|503)/.test(text);
      const byAxe = isAxeAtWork && text.startsWith("Applying inline style");
      if (message.type() === "error" && !expected && !byAxe) trouble(text);
    });
    try {
      await check(context, (holds, what) => holds || trouble(what));
      console.log(`  ${name}`);
    } catch (error) {
      trouble(error.message.split("\n").slice(0, 4).join(" "));
    }
    await context.close();
    await stop();
  }
}

/** The main part changes in place: what the reader did to the page stays. */
async function patched(context, expect) {
  const tab = await visit(context, "/briefs/a/");
  await tab.evaluate(() => {
    globalThis.marker = 1;
    document.querySelector('a[href="https://example.org/30"]').focus();
    scrollTo(0, 900);
    globalThis.paragraph = [...document.querySelectorAll("main p")].find((p) => p.textContent.startsWith("Paragraph 12 "));
  });
  save("content/briefs/a.md", brief("Another title", `${LONG.replace("Paragraph 40 of", "Paragraph forty of")}\n\nA new end.`));
  await shows(tab, "A new end.");
  const after = await tab.evaluate(() => ({
    marker: globalThis.marker,
    scroll: scrollY,
    focus: document.activeElement.getAttribute("href"),
    same: globalThis.paragraph.isConnected,
    title: document.title,
    heading: document.querySelector("h1").textContent,
    text: document.body.textContent.includes("Paragraph forty of"),
  }));
  expect(after.marker === 1, "the page was loaded anew");
  expect(Math.abs(after.scroll - 900) < 40, `scrolled to ${after.scroll}, not 900`);
  expect(after.focus === "https://example.org/30", `the focus is at ${after.focus}`);
  expect(after.same, "a paragraph that did not change was replaced");
  expect(after.title.startsWith("Another title") && after.heading === "Another title", `the title is ${after.title}`);
  expect(after.text, "the change is not there");
  // Whatever was patched is what a fresh load gives.
  const patched = await tab.evaluate(bodyText);
  await tab.reload();
  expect(patched === (await tab.evaluate(bodyText)), "the patched page is not the page that was served");
}

/** Several changes in one save leave what stands between them alone. */
async function between(context, expect) {
  const opened = "<details><summary>More</summary>Opened.</details>";
  const template = readFileSync(join(root, "themes/default/templates/brief.html"), "utf8");
  save("templates/brief.html", template.replace("</article>", `${opened}</article>`));
  const tab = await visit(context, "/briefs/a/");
  await tab.waitForFunction(() => document.querySelector("main details"));
  const started = await tab.evaluate(() => {
    const paragraph = (n) => [...document.querySelectorAll("main p")].find((p) => p.textContent.startsWith(`Paragraph ${n} `));
    document.querySelector("main details").open = true;
    paragraph(30).scrollIntoView();
    document.querySelector('a[href="https://example.org/30"]').focus({ preventScroll: true });
    globalThis.selected = paragraph(32).firstChild;
    getSelection().setBaseAndExtent(globalThis.selected, 2, globalThis.selected, 9);
    globalThis.all = Array.from({ length: 60 }, (_, n) => paragraph(n));
    globalThis.changes = 0;
    new MutationObserver((all) => (globalThis.changes += all.length)).observe(document.querySelector("main"), { subtree: true, childList: true, attributes: true, characterData: true });
    return paragraph(30).getBoundingClientRect().top;
  });
  // Above two paragraphs come, below one changes, one goes, one moves; and the template gets one like it has.
  const blocks = LONG.replace("Paragraph 40 of", "Paragraph forty of").split("\n\n");
  const [gone, moved] = [blocks.splice(45, 1), blocks.splice(50, 1)];
  blocks.splice(54, 0, ...moved);
  save("content/briefs/a.md", brief("A", `First.\n\nSecond.\n\n${blocks.join("\n\n")}\n\nThe end.`));
  await shows(tab, "Paragraph forty of");
  save("templates/brief.html", template.replace("</article>", `<details><summary>New</summary>Closed.</details>${opened}</article>`));
  await shows(tab, "Closed.");
  const after = await tab.evaluate(() => ({
    focus: document.activeElement.getAttribute("href"),
    selected: getSelection().toString(),
    lost: globalThis.all.filter((p) => !p.isConnected).map((p) => p.textContent.split(" ")[1]),
    moved: globalThis.all.filter((p, n) => !/^Paragraph (\d+|forty) /.test(p.textContent) || (n !== 40 && !p.textContent.startsWith(`Paragraph ${n} `))).length,
    top: globalThis.all[30].getBoundingClientRect().top,
    open: [...document.querySelectorAll("main details[open]")].map((el) => el.textContent),
    changes: globalThis.changes,
  }));
  expect(after.focus === "https://example.org/30" && after.selected === "ragraph", `the focus is at ${after.focus}, selected is "${after.selected}"`);
  expect(after.lost.join() === "45,51" && after.moved === 0, `lost: ${after.lost}; ${after.moved} became others`);
  expect(Math.abs(after.top - started) < 3, `the text in view went from ${started} to ${after.top}`);
  expect(after.open.join() === "MoreOpened.", `open: ${after.open}`);
  expect(after.changes < 20, `${after.changes} changes`);
  const patched = await tab.evaluate(blocksOf);
  await tab.reload();
  expect(patched === (await tab.evaluate(blocksOf)), "the patched page is not the page that was served");
}

/** The main part, without what the reader opened. */
function blocksOf() {
  return document.querySelector("main").innerHTML.replaceAll(' open=""', "");
}

/** What the reader chose and typed stays, while what there is to choose from changes. */
async function forms(context, expect) {
  const template = readFileSync(join(root, "themes/default/templates/brief.html"), "utf8");
  const form = (options, text) =>
    save("templates/brief.html", template.replace("</article>", `<form>${["chosen", "left"].map((id) => `<select id="${id}">${options}</select>`).join("")}
<select id="many" multiple>${options}</select><textarea id="typed">${text}</textarea><textarea id="plain">${text}</textarea></form></article>`));
  form("<option>1<option>2<option selected>3", "Old.");
  const tab = await visit(context, "/briefs/b/");
  await tab.locator("#chosen").selectOption("2");
  await tab.locator("#many").selectOption(["1", "2"]);
  await tab.locator("#typed").fill("Mine.");
  const state = () =>
    tab.evaluate(() => {
      const chosen = (id) => [...document.getElementById(id).selectedOptions].map((option) => option.value).join("+");
      const text = (id) => document.getElementById(id).value;
      return `${document.getElementById("chosen").options.length}: ${[chosen("chosen"), chosen("left"), chosen("many"), text("typed"), text("plain")]}`;
    });
  const becomes = async (options, text, wanted) => {
    form(options, text);
    await tab.waitForFunction((text) => document.getElementById("plain").defaultValue === text, text);
    expect((await state()) === wanted, `${await state()} instead of ${wanted}`);
  };
  await becomes("<option>0<option>1<option>2<option selected>3", "A.", "4: 2,3,1+2,Mine.,A.");
  await becomes("<option>0<option selected>1<option>2<option>3", "B.", "4: 2,1,1+2,Mine.,B.");
  await becomes("<option>0<option>1<option>3", "C.", "3: 0,0,1,Mine.,C.");
}

/** More tabs than a browser has connections. */
async function tabs(context, expect) {
  const open = [];
  for (let n = 0; n < 9; n++) open.push(await visit(context, n % 2 ? "/briefs/a/" : "/briefs/b/"));
  save("content/briefs/b.md", brief("B", "For all tabs."));
  for (const tab of open.filter((_, n) => n % 2 === 0)) await shows(tab, "For all tabs.");
  expect(true, "");
}

async function unchanged(context, expect) {
  const tab = await visit(context, "/briefs/a/");
  await tab.evaluate(() => {
    globalThis.changes = 0;
    new MutationObserver((all) => (globalThis.changes += all.length)).observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  const requests = [];
  tab.on("request", (request) => requests.push(request.url()));
  const other = await visit(context, "/briefs/b/");
  save("content/briefs/b.md", brief("B", "Only here."));
  await shows(other, "Only here.");
  await tab.waitForTimeout(200);
  expect((await tab.evaluate(() => globalThis.changes)) === 0, "a page that did not change was touched");
  expect(requests.length === 0, `it asked for ${requests}`);
}

async function styles(context, expect) {
  const tab = await visit(context, "/briefs/a/");
  await tab.evaluate(() => {
    globalThis.marker = 1;
    globalThis.bare = 0;
    const look = () => {
      if (getComputedStyle(document.body).display !== "flex" && getComputedStyle(document.body).display !== "grid") globalThis.bare++;
      requestAnimationFrame(look);
    };
    look();
    scrollTo(0, 700);
  });
  save("static/style.css", "body { display: grid; color: rgb(1, 2, 3) }");
  await tab.waitForFunction(() => getComputedStyle(document.body).color === "rgb(1, 2, 3)");
  await tab.waitForFunction(() => document.querySelectorAll('link[rel="stylesheet"]').length === 1);
  save("static/style.css", "body { display: grid; color: rgb(4, 5, 6) }");
  await tab.waitForFunction(() => getComputedStyle(document.body).color === "rgb(4, 5, 6)");
  const after = await tab.evaluate(() => ({ marker: globalThis.marker, bare: globalThis.bare }));
  expect(after.marker === 1, "the page was loaded anew");
  expect(after.bare === 0, `the page stood without a style for ${after.bare} frames`);
}

async function pictures(context, expect) {
  const tab = await visit(context, "/briefs/b/");
  await tab.evaluate(() => (globalThis.marker = 1));
  save("content/briefs/b.svg", picture(77));
  await shown(tab, "main img", 77);
  // What the page says next does not bring the old picture back.
  for (const words of ["A word before.", "And one more."]) {
    save("content/briefs/b.md", brief("B", `${words}\n\n![A picture](b.svg) beside the text`));
    await shows(tab, words);
    await tab.waitForTimeout(300);
    await shown(tab, "main img", 77);
  }
  expect((await tab.evaluate(() => globalThis.marker)) === 1, "the page was loaded anew");
}

/** Each place where a page can name what it shows, as a template of the writer's may have it. */
async function media(context, expect) {
  const places = `<img class="set" alt="" srcset="../b.svg 1x, other.svg 9x">
<picture><source srcset="../b.svg"><img class="source" alt="" src="other.svg"></picture>
<svg><image href="../b.svg"/></svg><object data="../b.svg" type="image/svg+xml"></object><video poster="../b.svg"></video><audio preload="auto"><source src="../b.svg"></audio>
<img class="other" alt="" src="other.svg"><img class="odd" alt="" src="http://["><a href="../b.svg">Itself</a>`;
  save("templates/brief.html", readFileSync(join(root, "themes/default/templates/brief.html"), "utf8").replace("</article>", `${places}</article>`));
  // A page that came before the template would take its first news for news missed, and ask for every file anew.
  await served("/briefs/b/", "<object");
  const tab = await visit(context, "/briefs/b/");
  const named = () =>
    tab.evaluate(() =>
      [...document.querySelectorAll("main img, main source, main image, main object, main video, main a[href$='svg']")].map((el) =>
        ["src", "srcset", "href", "data", "poster"].map((name) => el.getAttribute(name) ?? "").join("").replace(/[?]preview=[^ ]*/, "*").replace(/http:[/][/]127.*[/]/, ""),
      ),
    );
  const wanted = ["b.svg*", "b.svg* 1x, other.svg 9x", "b.svg*", "other.svg", "b.svg*", "b.svg*", "b.svg*", "b.svg*", "other.svg", "http://[", "../b.svg"].join();
  save("content/briefs/b.svg", picture(77));
  for (const selector of ["main img", ".set", ".source"]) await shown(tab, selector, 77);
  expect((await named()).join() === wanted, `after the picture: ${await named()}`);
  expect(await tab.evaluate(() => document.querySelector("audio").currentSrc.includes("?preview=")), "a player has its old file");
  save("content/briefs/b.md", brief("B", "More.\n\n![A picture](b.svg) beside the text"));
  await shows(tab, "More.");
  expect((await named()).join() === wanted, `after the text: ${await named()}`);
  for (const selector of ["main img", ".set", ".source"]) await shown(tab, selector, 77);
}

/** When too much changed to be told, or news were missed, whatever is shown may have changed. */
async function unlisted(context, expect) {
  for (let n = 0; n < 230; n++) save(`content/topics/t${n}.md`, `---\ntitle: Topic ${n}\n---\nx\n`);
  await stop();
  await start([]);
  const tab = await visit(context, "/briefs/b/");
  await tab.evaluate(() => (globalThis.marker = 1));
  // The page itself stays the same.
  const drawn = (width) => picture(10).replace("/>", `><rect width="${width}" height="9"/></svg>`);
  const wide = () => tab.evaluate(async () => (await (await fetch(document.querySelector("main img").src)).text()).match(/rect width="(\d+)"/)?.[1]);
  const before = await tab.getAttribute("main img", "src");
  // The folder is replaced at once, as a version control system does.
  cpSync(join(top, "site/content"), join(top, "next"), { recursive: true });
  for (let n = 0; n < 230; n++) writeFileSync(join(top, `next/topics/t${n}.md`), `---\ntitle: Topic ${n}\n---\ny\n`);
  writeFileSync(join(top, "next/briefs/b.svg"), drawn(3));
  renameSync(join(top, "site/content"), join(top, "before"));
  renameSync(join(top, "next"), join(top, "site/content"));
  rmSync(join(top, "before"), { recursive: true });
  await tab.waitForFunction((before) => document.querySelector("main img").getAttribute("src") !== before, before);
  expect((await wide()) === "3", `the picture is ${await wide()} wide`);
  // While the preview is away.
  const port = preview.port;
  await stop();
  save("content/briefs/b.svg", drawn(4));
  const after = await tab.getAttribute("main img", "src");
  await start(["--port", port]);
  await tab.waitForFunction((after) => document.querySelector("main img").getAttribute("src") !== after, after);
  expect((await tab.evaluate(() => globalThis.marker)) === 1, "the page was loaded anew");
}

/** While a page is being fetched, a picture changes and then something else. */
async function overtaken(context, expect) {
  const tab = await visit(context, "/briefs/b/");
  let release;
  const held = new Promise((done) => (release = done));
  await tab.route("**/briefs/b/", async (route) => {
    await held;
    await route.continue();
  });
  const asked = tab.waitForRequest("**/briefs/b/");
  const rounds = () => preview.said().match(/ changed in /g)?.length ?? 0;
  const first = rounds();
  save("content/briefs/b.md", brief("B", "Edited.\n\n![A picture](b.svg)"));
  await asked;
  for (const [nth, [path, text]] of [["content/briefs/b.svg", picture(10).replace("/>", "><rect/></svg>")], ["content/briefs/a.md", brief("A", "Other.")]].entries()) {
    save(path, text);
    for (let n = 0; rounds() < first + nth + 2 && n < 400; n++) await tab.waitForTimeout(20);
  }
  const requests = [];
  tab.on("request", (request) => requests.push(request.url().replace(/.*:\d+/, "").replace(/=.*/, "")));
  await tab.waitForTimeout(200);
  release();
  await shows(tab, "Edited.");
  await tab.waitForFunction(() => document.querySelector("main img").getAttribute("src").includes("preview="));
  await tab.waitForTimeout(200);
  expect(requests.join() === "/briefs/b.svg?preview", `it asked for ${requests}`);
}

async function faults(context, expect) {
  const tab = await visit(context, "/briefs/a/");
  const other = await visit(context, "/");
  await tab.evaluate(() => {
    globalThis.marker = 1;
    scrollTo(0, 500);
  });
  save("content/briefs/a.md", brief("A", "[[nobody-here]] <img src=x onerror=alert(1)>"));
  for (const one of [tab, other]) await one.locator("brief-preview section").waitFor({ state: "visible" });
  const panel = tab.locator("brief-preview section");
  const text = await panel.innerText();
  for (const words of ["1 error in 1 file", "B0302", "content/briefs/a.md:5:3", "^^^", "<img src=x"]) {
    expect(text.includes(words), `the overlay lacks ${words}`);
  }
  expect((await panel.locator("img").count()) === 0, "a source became markup");
  expect((await panel.getAttribute("role")) === "alertdialog", "it has no role");
  expect((await panel.locator(".place a").getAttribute("href")).startsWith("vscode://file/"), "no link to the editor");
  expect((await tab.locator("h1").first().innerText()) === "A", "the last good page is not there");
  expect(await tab.evaluate(() => document.activeElement?.localName === "brief-preview"), "the overlay has not the focus");
  // axe styles what it measures, which the policy forbids.
  isAxeAtWork = true;
  for (const colorScheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme });
    await tab.evaluate(AXE);
    const found = await tab.evaluate(async () => (await globalThis.axe.run("brief-preview")).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`));
    expect(found.length === 0, `axe, ${colorScheme}: ${found.join("; ")}`);
  }
  isAxeAtWork = false;
  await tab.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
  save("content/briefs/a.md", brief("A", "[[nobody-here]] and [[nor-here]]"));
  await panel.waitFor({ state: "visible" });
  expect((await panel.innerText()).includes("2 errors"), "the next build's faults are not there");
  save("content/briefs/a.md", brief("A", `${LONG}\n\nMended.`));
  await shows(tab, "Mended.");
  await panel.waitFor({ state: "hidden" });
  await other.locator("brief-preview section").waitFor({ state: "hidden" });
  const after = await tab.evaluate(() => [globalThis.marker, scrollY]);
  expect(after[0] === 1 && after[1] === 500, `after it: ${after}`);
}

async function firstBuild(context, expect) {
  await stop();
  save("content/briefs/a.md", brief("A", "[[nobody-here]]"));
  await start([]);
  const tab = await visit(context, "/briefs/a/");
  await tab.locator("brief-preview section").waitFor({ state: "visible" });
  expect((await tab.locator("brief-preview section").innerText()).includes("B0302"), "the fault is not told");
  save("content/briefs/a.md", brief("A", "Mended."));
  await shows(tab, "Mended.");
  expect((await tab.locator("brief-preview section:visible").count()) === 0, "the overlay is still there");
}

async function missing(context, expect) {
  const tab = await visit(context, "/briefs/b/");
  rmSync(join(top, "site/content/briefs/b.md"));
  await shows(tab, "No such page");
  save("content/briefs/b.md", brief("B", "Back again."));
  await shows(tab, "Back again.");
  const style = await tab.evaluate(() => getComputedStyle(document.body).display);
  expect(style === "flex", `the style is lost: ${style}`);
}

/** Where the links of the page for what is not there lead: below the path under which the site is published. */
async function published(context, expect) {
  save("site.toml", 'title = "Preview"\nbase_url = "https://example.org/d%C3%A9sk/"\n');
  await stop();
  await start([]);
  const tab = await visit(context, "/no/such/page/");
  const home = await tab.getAttribute(".nameplate a", "href");
  expect(home === "/d%C3%A9sk/", `the 404 page leads to ${home}`);
  await tab.goto(`http://127.0.0.1:${preview.port}${home}briefs/b/`);
  await tab.waitForFunction(() => globalThis.heard);
  await tab.evaluate(() => (globalThis.marker = 1));
  save("content/briefs/b.md", brief("B", "Below the path.\n\n![A picture](b.svg)"));
  await shows(tab, "Below the path.");
  save("content/briefs/b.svg", picture(77));
  await shown(tab, "main img", 77);
  // Faulty settings leave the last good site where it is.
  save("site.toml", 'title = "Preview"\nbase_url = 5\n');
  await tab.locator("brief-preview section").waitFor({ state: "visible" });
  const status = await tab.evaluate(async () => (await fetch(location.href)).status);
  expect(status === 200, `with faulty settings the page is answered with ${status}`);
  expect((await tab.evaluate(() => globalThis.marker)) === 1, "the page was loaded anew");
  // When the site moves away, what a fresh load would show is shown.
  save("site.toml", 'title = "Preview"\nbase_url = "https://example.org/"\n');
  await shows(tab, "No such page");
}

async function attributes(context, expect) {
  const tab = await visit(context, "/briefs/fa/");
  const bar = () => tab.evaluate(() => [document.documentElement.lang, document.documentElement.dir, document.querySelector(".bar").innerText]);
  save("content/briefs/fa.md", `---\ntitle: F\ndate: 2025-01-01\nlang: fa\ntlp: amber\n---\nفارسی\n`);
  await tab.waitForFunction(() => document.documentElement.dir === "rtl" || location.pathname !== "/briefs/fa/", null, { timeout: 5000 });
  const [lang, dir, label] = await bar();
  expect(lang.startsWith("fa") && dir === "rtl", `the page is ${lang}, ${dir}`);
  expect(label.includes("AMBER"), `the label is ${label}`);
}

/** The preview ends and comes back, with a change in between. */
async function returns(context, expect) {
  const tab = await visit(context, "/briefs/b/");
  await tab.evaluate(() => (globalThis.marker = 1));
  const port = preview.port;
  await stop();
  save("content/briefs/b.md", brief("B", "While it was away."));
  await start(["--port", port]);
  await shows(tab, "While it was away.");
  expect((await tab.evaluate(() => globalThis.marker)) === 1, "the page was loaded anew");
  save("content/briefs/b.md", brief("B", "And after."));
  await shows(tab, "And after.");
}

/** The preview comes back without one of its pages, and with a fault. */
async function returnsFaulty(context, expect) {
  const tab = await visit(context, "/briefs/b/");
  const other = await visit(context, "/briefs/fa/");
  await tab.evaluate(() => (globalThis.marker = 1));
  const port = preview.port;
  await stop();
  rmSync(join(top, "site/content/briefs/b.md"));
  save("content/briefs/fa.md", brief("F", "Of another day."));
  save("content/briefs/a.md", brief("A", "[[nobody-here]]"));
  await start(["--port", port]);
  await tab.locator("brief-preview section").waitFor({ state: "visible" });
  expect((await tab.locator("h1").first().innerText()) === "B", "the last good page is not there");
  save("content/briefs/a.md", brief("A", "[[nobody-here]] still"));
  await tab.waitForTimeout(500);
  save("content/briefs/a.md", brief("A", "Mended."));
  await shows(tab, "No such page");
  await shows(other, "Of another day.");
  await tab.locator("brief-preview section").waitFor({ state: "hidden" });
  expect((await tab.evaluate(() => globalThis.marker)) === 1, "the page was loaded anew");
}

async function follow(context, expect) {
  const tab = await visit(context, "/");
  save("content/briefs/b.md", brief("B", "Look here."));
  await tab.waitForURL("**/briefs/b/");
  await shows(tab, "Look here.");
  expect(true, "");
}

/** Pictures of the overlay. */
async function shots(folder) {
  mkdirSync(folder, { recursive: true });
  await fresh([]);
  const text = `${LONG}\n\n[[nobody-here]] on a rather long line, in which the fault stands [[nor-here]] far to the right of all <b>else</b>.`;
  for (const width of [390, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      save("content/briefs/a.md", brief("A", LONG));
      const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme });
      const tab = await visit(context, "/briefs/a/");
      save("content/briefs/a.md", brief("A", text).replace("title: A", "title: A\nsumary: x"));
      await tab.locator("brief-preview section").waitFor({ state: "visible" });
      await tab.screenshot({ path: join(folder, `overlay-${width}-${colorScheme}.png`) });
      await context.close();
    }
  }
}

/** From the save of a brief to its text in the browser. */
async function measure(edits) {
  await start(["--verbose", "--site", resolve(given.site)]);
  console.log(preview.said().trim().split("\n").at(-1));
  const folder = join(resolve(given.site), "content/briefs");
  const briefs = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".md")).sort();
  const context = await browser.newContext();
  const times = [];
  for (let n = 0; n < edits; n++) {
    const name = briefs[(n * 7919) % briefs.length];
    const path = join(folder, name);
    const id = name.replace(/^.*\//, "").replace(/\.md$/, "");
    const tab = await visit(context, `/briefs/${id}/`);
    const mark = `Measured ${n} at ${Date.now()}.`;
    // Time is told by the browser: when it began to fetch, had fetched, had patched and could paint.
    const seen = tab.evaluate((mark) => new Promise((done) => {
      const main = document.querySelector("main");
      const now = () => performance.timeOrigin + performance.now();
      new MutationObserver((_, observer) => {
        if (!main.textContent.includes(mark)) return;
        observer.disconnect();
        const patched = now();
        const fetched = performance.getEntriesByType("resource").filter((one) => one.initiatorType === "fetch").at(-1);
        requestAnimationFrame(() => done([fetched.startTime, fetched.responseEnd].map((at) => performance.timeOrigin + at).concat(patched, now())));
      }).observe(main, { subtree: true, childList: true, characterData: true });
    }), mark);
    await tab.waitForTimeout(300);
    const text = readFileSync(path, "utf8").split("\nMeasured ")[0];
    const started = performance.timeOrigin + performance.now();
    writeFileSync(`${path}.tmp`, `${text}\n${mark}\n`);
    renameSync(`${path}.tmp`, path);
    times.push((await seen).map((at) => at - started));
    await tab.close();
  }
  const rounds = preview.said().matchAll(/waited ([\d.]+) ms, read ([\d.]+) ms, built ([\d.]+) ms/g);
  const parts = [...rounds].slice(1).map((round) => round.slice(1).map(Number));
  const median = (nth) => parts.map((part) => part[nth]).sort((a, b) => a - b)[Math.floor(parts.length / 2)];
  console.log(`the program: waited ${median(0)} ms, read ${median(1)} ms, built ${median(2)} ms (medians)`);
  console.log(`from the save, in Chromium, ${edits} edits:`);
  for (const [nth, name] of ["fetch begins", "fetched", "patched", "next frame"].entries()) {
    const sorted = times.map((time) => time[nth]).sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
    console.log(`  ${name.padEnd(12)}  median ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
  }
}

// ---- the preview and its site ----

async function fresh(args) {
  rmSync(join(top, "site"), { recursive: true, force: true });
  for (const [path, text] of Object.entries(FILES)) save(path, text);
  await stop();
  await start(args);
}

async function start(args) {
  const port = args.includes("--port") ? [] : ["--port", "0"];
  const site = args.includes("--site") ? [] : ["--site", join(top, "site")];
  const child = spawn(program, ["serve", ...site, ...port, ...args], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, BRIEF_NOW: "2026-01-15" } });
  let said = "";
  child.stderr.on("data", (data) => (said += data));
  for (let n = 0; !/built: /.test(said); n++) {
    if (n > 3000 || child.exitCode !== null) throw new Error(`the preview did not start:\n${said}`);
    await new Promise((done) => setTimeout(done, 10));
  }
  preview = { child, port: said.match(/127\.0\.0\.1:(\d+)/)[1], said: () => said };
}

async function stop() {
  if (!preview || preview.child.exitCode !== null) return;
  const ended = new Promise((done) => preview.child.once("exit", done));
  preview.child.kill("SIGINT");
  const status = await ended;
  if (status !== 0) troubles.push(`the preview ended with status ${status}`);
}

function save(path, text) {
  const file = join(top, "site", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

/** A tab whose script has heard of the present state. */
async function visit(context, path) {
  const tab = await context.newPage();
  tab.setDefaultTimeout(8000);
  await tab.addInitScript(() => document.addEventListener("brief:build", () => (globalThis.heard = true), { once: true }));
  await tab.goto(`http://127.0.0.1:${preview.port}${path}`);
  await tab.waitForFunction(() => globalThis.heard);
  return tab;
}

/** Waits until the preview's page has the words. */
async function served(path, words) {
  const end = Date.now() + 8000;
  while (!(await (await fetch(`http://127.0.0.1:${preview.port}${path}`)).text()).includes(words)) {
    if (Date.now() > end) throw new Error(`${path} never has ${words}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Waits until a picture has a width. */
async function shown(tab, selector, width) {
  await tab.waitForFunction(([selector, width]) => document.querySelector(selector).naturalWidth === width, [selector, width]);
}

async function shows(tab, words) {
  await tab.waitForFunction((words) => document.querySelector("main")?.textContent.includes(words), words);
}

function bodyText() {
  const body = document.body.cloneNode(true);
  return document.documentElement.lang + document.title + body.innerHTML;
}
