// The main screens, pixel by pixel, as they were when somebody looked at them last. Where a change is meant:
// npm run screenshots -- --golden, look at the pictures, commit them.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dejaVu } from "./scenes/fonts.ts";
import { decodePng, difference, encodePng, type Picture } from "./scenes/png.ts";
import { scenes } from "./scenes/scenes.ts";
import { Stage } from "./scenes/stage.ts";
import { goldens, takeGolden, writePicture } from "./scenes/take.ts";
import { projectRoot, Theatre } from "./scenes/theatre.ts";

const folder = join(projectRoot(), "tests/golden");
const runs = join(projectRoot(), "build/test-runs/golden");
const theatre = await Theatre.open();

/** Pixels that may differ: none. The module, its fonts and its clock are the same everywhere. */
const tolerance = 0;

for (const golden of goldens) {
  test(`${golden.file} looks as it did`, () => {
    const actual = takeGolden(theatre, golden);
    const file = join(folder, golden.file);
    const actualFile = join(runs, golden.file);
    const refuse = (why: string, differing?: Picture) => {
      mkdirSync(runs, { recursive: true });
      writePicture(actualFile, actual);
      const differenceFile = actualFile.replace(/\.png$/, ".difference.png");
      if (differing) writePicture(differenceFile, differing);
      assert.fail(`${why}; it looks like ${actualFile}${differing ? `, the difference is ${differenceFile}` : ""}; if that is right: npm run screenshots -- --golden`);
    };
    if (!existsSync(file)) return refuse(`${file} is missing`);
    const wanted = decodePng(readFileSync(file));
    if (wanted.width !== actual.width || wanted.height !== actual.height) return refuse(`it is ${actual.width} × ${actual.height}, not ${wanted.width} × ${wanted.height}`);
    const { count, picture } = difference(wanted, actual);
    if (count > tolerance) refuse(`${count} pixels differ`, picture);
  });
}

test("no golden picture is left over", () => {
  assert.deepEqual(readdirSync(folder).sort(), goldens.map(({ file }) => file).sort());
});

test("every scene can be played at a desk and on a phone", () => {
  for (const look of [
    { width: 1280, height: 800, ratio: 1, theme: "light" },
    { width: 360, height: 740, ratio: 1, theme: "dark" },
  ] as const)
    for (const scene of scenes) {
      const stage = new Stage(theatre.machine(dejaVu), look);
      scene.play(stage);
      stage.close();
    }
});

test("a picture comes back from its file as it was, and one pixel is a difference", () => {
  for (const colors of [3, 1000]) {
    const pixels = new Uint8Array(40 * 30 * 4).fill(255);
    for (let i = 0; i < 40 * 30; ++i) pixels.set([i % colors, (i * 7) % Math.min(colors, 256), 9], i * 4);
    const picture = { width: 40, height: 30, pixels };
    const again = decodePng(encodePng(picture));
    assert.deepEqual(again, picture);
    again.pixels[77 * 4 + 1] = (again.pixels[77 * 4 + 1] as number) ^ 1;
    assert.equal(difference(picture, again).count, 1);
  }
});
