// What the checks found: one fault said of many pages is told once.

export class Faults {
  #found = new Map();

  /**
   * Notes a fault.
   * @param {string} check the check that found it, such as `axe`
   * @param {string} page the page's address inside the site
   * @param {string} message the same for every page that has the same fault
   * @param {string} [where] the place on this page: line and column, or a selector
   */
  add(check, page, message, where = "") {
    const key = `${check}\0${message}`;
    if (!this.#found.has(key)) this.#found.set(key, { check, message, places: [] });
    this.#found.get(key).places.push({ page, where });
  }

  /** How many different faults a check found. */
  of(check) {
    return this.all().filter((fault) => fault.check === check).length;
  }

  /** Every fault, by check, the most frequent first. */
  all() {
    return [...this.#found.values()].sort(
      (a, b) => a.check.localeCompare(b.check) || b.places.length - a.places.length,
    );
  }

  /** The report: each fault with the first places where it shows. */
  toString() {
    const shown = 4;
    const lines = [];
    for (const { check, message, places } of this.all()) {
      const pages = new Set(places.map(({ page }) => page)).size;
      lines.push(`${check}: ${message} [${pages} page${pages === 1 ? "" : "s"}]`);
      for (const { page, where } of places.slice(0, shown)) lines.push(`    ${page}  ${where}`);
      if (places.length > shown) lines.push(`    and ${places.length - shown} more places`);
    }
    return lines.join("\n");
  }
}
