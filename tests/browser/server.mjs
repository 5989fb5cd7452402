// A static server such as readers meet: a folder under a path prefix, with a strict content policy.

import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".xml": "application/xml",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".gif": "image/gif",
  ".txt": "text/plain; charset=utf-8",
};

const HEADERS = {
  "Content-Security-Policy": "default-src 'self'",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "max-age=600",
};

/**
 * Serves a folder on 127.0.0.1, under each of the prefixes alike.
 *
 * `?stay` takes the refresh out of a page, so that a redirect page can be looked at itself.
 * @returns {Promise<{origin: string, close: () => void}>}
 */
export function serve(folder, prefixes) {
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://127.0.0.1");
    const path = decodeURIComponent(url.pathname);
    const prefix = prefixes.find((prefix) => path.startsWith(prefix));
    if (!prefix) return answer(response, 404, "text/plain", "outside of the site");
    const file = normalize(join(folder, path.slice(prefix.length)));
    if (!file.startsWith(folder)) return answer(response, 404, "text/plain", "outside of the folder");
    const found = existsSync(file) ? statSync(file) : undefined;
    if (found?.isDirectory() && !path.endsWith("/")) {
      response.writeHead(301, { ...HEADERS, Location: `${url.pathname}/` });
      return response.end();
    }
    const target = found?.isDirectory() ? join(file, "index.html") : file;
    if (!existsSync(target)) {
      const page = join(folder, "404.html");
      return answer(response, 404, TYPES[".html"], existsSync(page) ? readFileSync(page) : "not found");
    }
    const type = TYPES[extname(target)] ?? "application/octet-stream";
    if (url.searchParams.has("stay")) {
      const still = readFileSync(target, "utf8").replace(/<meta http-equiv="refresh"[^>]*>/i, "");
      return answer(response, 200, type, still);
    }
    response.writeHead(200, { ...HEADERS, "Content-Type": type });
    createReadStream(target).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve({ origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() });
    });
  });
}

function answer(response, status, type, body) {
  response.writeHead(status, { ...HEADERS, "Content-Type": type });
  response.end(body);
}
