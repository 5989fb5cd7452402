// The W3C's Nu checker over the whole folder at once: HTML, SVG.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";

/** Notes each error and warning; rejects if the checker cannot run. */
export function nu(folder, faults) {
  const jar = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");
  const args = ["-Xss4m", "-jar", jar, "--format", "json", "--exit-zero-always", "--skip-non-html", "--also-check-svg", folder];
  return new Promise((resolve, reject) => {
    const java = spawn("java", args, { stdio: ["ignore", "ignore", "pipe"] });
    let told = "";
    java.stderr.on("data", (data) => (told += data));
    java.on("error", reject);
    java.on("close", (status) => {
      try {
        for (const { type, subType, url, lastLine, lastColumn, message, extract } of JSON.parse(told).messages) {
          const page = url?.split(folder).pop() ?? "";
          const where = `${lastLine ?? 0}:${lastColumn ?? 0} ${(extract ?? "").replace(/\s+/g, " ")}`;
          faults.add("nu", page, `${subType ?? type}: ${message}`, where);
        }
        resolve();
      } catch {
        reject(new Error(`the Nu checker ended with ${status}: ${told.slice(0, 500)}`));
      }
    });
  });
}
