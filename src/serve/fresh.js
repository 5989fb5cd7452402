// What changed while this page is in view. The browser shows what it loaded once for a page again whatever
// the server says, so a file that changed is asked for by another address: with the build in it.

/** Where a page names what it shows. */
const MEDIA = ["src", "srcset", "poster", "data", "href", "xlink:href"];
const SHOWN = '[src], [srcset], [poster], object[data], link[rel~="icon" i], image, use';

/** For each file, the build that changed it last; `all` for those that it does not tell of. */
const builds = new Map();
let all;
/** The path under which the site is published, where the preview has it too. */
let prefix = "/";

/** Notes which files a build changed; `null` if that is not known, and it may be any. */
export function note(build, changed, published) {
  prefix = published;
  if (!changed) {
    builds.clear();
    all = build;
  }
  for (const name of changed ?? []) builds.set(name, build);
}

/** The address to ask for, to see the present state of what is at an address. */
export function current(address) {
  if (!URL.canParse(address, location.href)) return address;
  const url = new URL(address, location.href);
  const names = namesOf(url);
  if (url.origin !== location.origin || isPage(names[0])) return address;
  const of = names.map((name) => builds.get(name) ?? all).filter(Boolean);
  if (!of.length) return address;
  url.searchParams.set("preview", of.join("."));
  return url.href;
}

/** The names that the news may have for what is at an address: as it is, and as it is below the prefix. */
export function namesOf({ pathname }) {
  let name = pathname;
  try {
    name = decodeURIComponent(pathname);
  } catch {
    // A template may write what is no encoding, and means it so.
  }
  name = name.replace(/(^|\/)index\.html$/, "$1");
  return prefix !== "/" && name.startsWith(prefix) ? [name, name.slice(prefix.length - 1)] : [name];
}

/** Gives what a document shows the addresses of its present state. Style sheets are seen to elsewhere. */
export function stamp(of) {
  for (const el of of.querySelectorAll(SHOWN)) {
    if (el.localName === "script") continue;
    for (const name of MEDIA) {
      const value = el.getAttribute(name);
      if (!value || value.startsWith("#")) continue;
      const wanted = name === "srcset" ? value.replace(CANDIDATE, (_, address, size = "") => current(address) + size) : current(value);
      if (wanted !== value) el.setAttribute(name, wanted);
    }
  }
}

/** One picture of a `srcset`, and how large it is. */
const CANDIDATE = /([^\s,](?:\S*[^\s,])?)(\s+[^,]*)?/g;

/** Pages have a script of their own that keeps them up to date. */
function isPage(name) {
  return name.endsWith("/") || name.endsWith(".html");
}

/** A player goes on with what it has until it is told. */
export function restartPlayers() {
  for (const player of document.querySelectorAll("video:not([src]), audio:not([src])")) {
    const sources = [...player.querySelectorAll("source")];
    if (player.currentSrc && !sources.some(({ src }) => src === player.currentSrc)) player.load();
  }
}
