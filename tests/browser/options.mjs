// The command line of the browser checks.

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const HELP = `Looks at the built example site with a real browser, the Nu checker and axe-core.

usage: node check.mjs [--brief PROGRAM] [--site DIR] [--now DATE] [--shots DIR] [--tabs N] [--self-test]

  --brief PROGRAM  the program that builds the site [target/release/brief, else target/debug/brief]
  --site DIR       the site [the repository's own]
  --now DATE       the day of the build, the same every time unless given [2026-01-15]
  --shots DIR      write a picture of each template, phone and desk, light and dark, and end
  --tabs N         tabs at work at once [3]
  --self-test      look at a faulty page instead: every check must find its fault

Before the first run: npm ci; Chromium at /usr/bin/chromium or in $CHROMIUM; Java; pdftotext.
Exit status: 0 nothing found, or no Chromium here (which is said); 1 faults, listed; 2 the checks could not run.`;

/** The options, or the end of the program. */
export function options() {
  const { values } = parseArgs({
    options: {
      brief: { type: "string" },
      site: { type: "string" },
      now: { type: "string", default: "2026-01-15" },
      shots: { type: "string" },
      tabs: { type: "string", default: "3" },
      "self-test": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
  return {
    brief: resolve(values.brief ?? findProgram(root)),
    site: resolve(values.site ?? root),
    now: values.now,
    shots: values.shots && resolve(values.shots),
    tabs: Number(values.tabs),
    selfTest: values["self-test"],
  };
}

/** The program as cargo leaves it: the optimised one first. */
export function findProgram(root) {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const places = ["release", "debug"].map((profile) => join(target, profile, "brief"));
  return places.find((path) => existsSync(path)) ?? places[0];
}
