// Readers without JavaScript, and readers on paper.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Without JavaScript the page has its heading and its text, and no script hides it. */
export async function withoutScript(tab, page, faults) {
  const seen = await tab.evaluate(() => {
    const main = document.querySelector("main");
    return { headings: document.querySelectorAll("h1").length, text: main?.innerText.trim().length ?? 0 };
  });
  if (seen.headings !== 1) faults.add("no-script", page.url || "/", `${seen.headings} headings of the first level`);
  if (seen.text < 20) faults.add("no-script", page.url || "/", "the main part has no text without JavaScript");
}

/** Whether PDF text can be read here. */
export function canReadPdf() {
  try {
    execFileSync("pdftotext", ["-v"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Printed, every sheet carries the page's label at its top and its bottom, as TLP 2.0 asks of documents. */
export async function printed(tab, page, faults, folder) {
  const label = await tab.evaluate(() => document.querySelector(".tlp")?.textContent.trim());
  if (!label) return faults.add("print", page.url || "/", "the page has no label");
  const file = join(folder, `${page.template}.pdf`);
  writeFileSync(file, await tab.pdf({ format: "A4" }));
  const sheets = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" }).split("\f").slice(0, -1);
  sheets.forEach((sheet, at) => {
    if (!sheet.includes(label)) {
      faults.add("print", page.url || "/", "a printed sheet lacks the label", `sheet ${at + 1} of ${sheets.length}, ${label}`);
    }
  });
}
