import assert from "node:assert/strict";
import { test } from "node:test";
import { Settings } from "../../web/page/settings.ts";

/** What the browser keeps of one page. */
function keep(text: string | null): { written: () => unknown } {
  let kept = text;
  Object.defineProperty(globalThis, "localStorage", { configurable: true, value: { getItem: () => kept, setItem: (_: string, value: string) => (kept = value) } });
  return { written: () => JSON.parse(kept ?? "null") };
}

test("what was chosen is kept, told once, and there again", () => {
  const { written } = keep(null);
  const settings = new Settings();
  const told: string[] = [];
  settings.addEventListener("change", (event) => told.push((event as CustomEvent<string>).detail));
  settings.set("ringVolume", 0.4);
  settings.set("ringVolume", 0.4);
  assert.deepEqual(told, ["ringVolume"]);
  assert.equal((written() as { ringVolume: number }).ringVolume, 0.4);
  assert.equal(new Settings().get("ringVolume"), 0.4);
});

test("numbers stay within their bounds, whoever wrote them", () => {
  keep('{"speakerVolume":7,"ringVolume":-1,"ringPitch":1e9,"textScale":"large","ringFlash":1,"unknown":true}');
  const settings = new Settings();
  const seen = () => (["speakerVolume", "ringVolume", "ringPitch", "textScale", "ringFlash"] as const).map((name) => settings.get(name));
  assert.deepEqual(seen(), [1, 0, 2, 1, false]);
  settings.set("textScale", NaN);
  settings.set("speakerVolume", 2);
  assert.deepEqual(seen(), [1, 0, 2, 1, false]);
});

test("where nothing can be read the page begins without", () => {
  keep("{");
  const settings = new Settings();
  assert.equal(settings.lost, true);
  assert.equal(settings.get("theme"), "system");
});
