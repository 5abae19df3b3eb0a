import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Page } from "playwright-core";
import { root } from "./paths.ts";

/** What somebody who does not see the page, or does not use a pointer, has of it. */

/** The page's themes, as a system asks for them. */
const themes = [
  { name: "light", colorScheme: "light", contrast: "no-preference" },
  { name: "dark", colorScheme: "dark", contrast: "no-preference" },
  { name: "contrast", colorScheme: "light", contrast: "more" },
] as const;

const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** The page has drawn what it was told last. */
export const drawn = (page: Page): Promise<unknown> =>
  page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve))))");

interface Finding {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Everything that axe-core finds on the screen as it is, in each theme. What it cannot tell is told too, but for the contrast of text that the picture shows. */
export async function findings(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe);
  const found: string[] = [];
  for (const { name, ...media } of themes) {
    await page.emulateMedia(media);
    await drawn(page);
    if ((await page.evaluate("document.documentElement.dataset.theme")) !== name) found.push(`the theme is not ${name}`);
    const { violations, incomplete } = await page.evaluate<{ violations: Finding[]; incomplete: Finding[] }>(
      "axe.run(document, { resultTypes: ['violations', 'incomplete'] }).then(({ violations, incomplete }) => ({ violations, incomplete }))",
    );
    const unclear = incomplete.filter(({ id }) => id !== "color-contrast");
    for (const { id, nodes } of [...violations, ...unclear]) found.push(`${name}: ${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n  ")}`);
  }
  await page.emulateMedia({ colorScheme: null, contrast: null });
  return found;
}

export interface Stop {
  node: number;
  role: string;
  name: string;
  /** Outermost landmark or dialog around it: its role and name. */
  pane: string;
  /** CSS pixels. */
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What has the focus; undefined where nothing has. */
export function focused(page: Page): Promise<Stop | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element.dataset["node"] === undefined) return undefined;
    const nameOf = (one: HTMLElement): string => one.getAttribute("aria-label") ?? one.textContent;
    let outer: HTMLElement = element;
    for (let at = element.parentElement; at && at.id !== "mirror"; at = at.parentElement) outer = at;
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const pane = `${outer.dataset["role"] ?? ""} ${nameOf(outer)}`;
    return { node: Number(element.dataset["node"]), role: element.dataset["role"] ?? "", name: nameOf(element), pane, left, top, right, bottom };
  });
}

/** The stops of the Tab key from the beginning of the page to its end. */
export async function tabStops(page: Page): Promise<Stop[]> {
  const start = await page.evaluateHandle(() => {
    const first = document.createElement("button");
    document.body.prepend(first);
    first.focus();
    return first;
  });
  const stops: Stop[] = [];
  for (;;) {
    await page.keyboard.press("Tab");
    if (stops.length === 0) await start.evaluate((first) => first.remove());
    const stop = await focused(page);
    if (!stop || stops.some(({ node }) => node === stop.node)) return stops;
    stops.push(stop);
  }
}

/**
 * Whether what has the focus wears its ring, in the pixels that are seen: the ring's colour along all its sides, outside or, for what fills
 * its place, inside. A field has its frame, which stands further out, above and below its text.
 */
export async function ringed(page: Page): Promise<boolean> {
  await drawn(page);
  const stop = await focused(page);
  if (!stop) return false;
  const png = (await page.screenshot()).toString("base64");
  return page.evaluate(
    async ({ png, stop }) => {
      const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
      if (!canvas) throw new Error("no canvas");
      canvas.drawImage(picture, 0, 0);
      const { data } = canvas.getImageData(0, 0, picture.width, picture.height);
      const style = getComputedStyle(document.documentElement);
      const colorOf = (name: string): number[] =>
        (/^#(..)(..)(..)/.exec(style.getPropertyValue(name).trim()) ?? []).slice(1).map((part) => parseInt(part, 16));
      const field = stop.role === "text_field";
      const invalid = document.activeElement?.getAttribute("aria-invalid") === "true";
      const color = colorOf(field ? (invalid ? "--danger" : "--accent") : "--focus");
      const is = (x: number, y: number): boolean => {
        const at = (Math.round(y) * picture.width + Math.round(x)) * 4;
        return color.every((value, channel) => Math.abs(value - (data[at + channel] ?? -999)) <= 8);
      };
      /** Part of a side that has the colour somewhere from `near` to `far` of its edge, outwards. */
      const along = (from: number, to: number, near: number, far: number, at: (along: number, out: number) => boolean): number => {
        let [seen, all] = [0, 0];
        for (let i = Math.ceil(from) + 8; i < to - 8; i++) {
          all++;
          for (let out = near; out <= far; out++)
            if (at(i, out)) {
              seen++;
              break;
            }
        }
        return all === 0 ? 1 : seen / all;
      };
      const { left, top, right, bottom } = stop;
      /** What has its ring around its mark alone, somewhere in its row. */
      const ringedPixels = (): number => {
        let count = 0;
        for (let y = Math.max(0, top - 6); y < bottom + 6; y++) for (let x = Math.max(0, left - 6); x < right + 6; x++) if (is(x, y)) count++;
        return count;
      };
      const sides = (near: number, far: number): boolean => {
        const level = [along(left, right, near, far, (x, out) => is(x, top - out)), along(left, right, near, far, (x, out) => is(x, bottom - 1 + out))];
        const upright = [along(top, bottom, near, far, (y, out) => is(left - out, y)), along(top, bottom, near, far, (y, out) => is(right - 1 + out, y))];
        return [...level, ...(field ? [] : upright)].every((part) => part > 0.8);
      };
      if (field) return sides(-2, 12);
      if (/^(radio|checkbox|switch|slider)$/.test(stop.role) && ringedPixels() >= 40) return true;
      return sides(1, 6) || (sides(-4, 0) && !is(left + 8, (top + bottom) / 2));
    },
    { png, stop },
  );
}

export interface AccessNode {
  role: string;
  name: string;
  description: string;
  value: string;
  /** What stands in it. */
  text: string;
  /** By name, "true" or "false" or a number in words: pressed, checked, focused, valuetext … */
  properties: Record<string, string>;
}

/** Chromium's accessibility tree, as it gives it to a screen reader, without what it leaves out. */
export async function accessTree(page: Page): Promise<AccessNode[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const text = (value: { value?: unknown } | undefined): string => (value?.value === undefined ? "" : String(value.value));
  const known = new Map(nodes.map((node) => [node.nodeId, node]));
  type Given = (typeof nodes)[number];
  const textOf = (node: Given): string =>
    text(node.role) === "StaticText" ? text(node.name) : (node.childIds ?? []).map((id) => known.get(id)).map((child) => (child ? textOf(child) : "")).join("");
  return nodes
    .filter((node) => !node.ignored)
    .map((node) => ({
      role: text(node.role),
      name: text(node.name),
      text: textOf(node),
      description: text(node.description),
      value: text(node.value),
      properties: Object.fromEntries((node.properties ?? []).map(({ name, value }) => [name, text(value)])),
    }));
}

/** What is wrong with the places of what can be seen and pressed: outside of the screen, or over each other. */
export function misplaced(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const seen = (element: Element): DOMRect => {
      let { left, top, right, bottom } = element.getBoundingClientRect();
      for (let at = element.parentElement; at && at.id !== "mirror"; at = at.parentElement) {
        if (getComputedStyle(at).overflowX !== "clip") continue;
        const outer = at.getBoundingClientRect();
        [left, top, right, bottom] = [Math.max(left, outer.left), Math.max(top, outer.top), Math.min(right, outer.right), Math.min(bottom, outer.bottom)];
      }
      return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
    };
    const say = (element: Element): string => `${element.getAttribute("data-role") ?? ""} "${(element.getAttribute("aria-label") ?? element.textContent).slice(0, 60)}"`;
    const inside = (rect: DOMRect): boolean => rect.left >= -1 && rect.top >= -1 && rect.right <= innerWidth + 1 && rect.bottom <= innerHeight + 1;
    for (const element of document.querySelectorAll("#mirror .node"))
      if (!inside(seen(element))) faults.push(`${say(element)} stands outside the screen: ${JSON.stringify(seen(element))}`);
    const active = [...document.querySelectorAll("#mirror :is(button, a, input, textarea, [role=option])")].map((element) => ({ element, rect: seen(element) }));
    active.forEach(({ element, rect }, index) => {
      for (const other of active.slice(index + 1)) {
        if (element.contains(other.element) || other.element.contains(element)) continue;
        const width = Math.min(rect.right, other.rect.right) - Math.max(rect.left, other.rect.left);
        const height = Math.min(rect.bottom, other.rect.bottom) - Math.max(rect.top, other.rect.top);
        if (width > 1 && height > 1) faults.push(`${say(element)} lies over ${say(other.element)}`);
      }
    });
    return faults;
  });
}
