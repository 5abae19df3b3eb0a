// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Page } from "playwright-core";
import { makeRunFolder, pageBuild } from "../support/paths.ts";
import { PagePerson } from "../support/page_person.ts";
import { endAll, until } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { encodePng } from "../web/scenes/png.ts";

/** Pictures of people in the page: chosen from a file, seen by others at once, fetched only by whoever is signed in. */

const logs = makeRunFolder("page_pictures");
let service: Service;
let alice: PagePerson;
let bob: PagePerson;
const fetched: string[] = [];

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n` });
  alice = await PagePerson.signIn({ service, logs, user: "alice" });
  bob = await PagePerson.signIn({ service, logs, user: "bob", before: (page) => page.on("request", (request) => request.url().includes("/pictures/") && fetched.push(request.url())) });
});
after(endAll);

/** A wide picture whose middle is of one colour, and whose sides are of another. */
function pictureFile(name: string, middle: readonly [number, number, number]): { name: string; mimeType: string; buffer: Buffer } {
  const [width, height] = [300, 200];
  const pixels = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; ++i) pixels.set([...(Math.abs((i % width) - width / 2) < height / 2 ? middle : [0, 0, 255]), 255], i * 4);
  return { name, mimeType: "image/png", buffer: encodePng({ width, height, pixels }) };
}

async function choose({ page }: PagePerson, file: { name: string; mimeType: string; buffer: Buffer }, by: "mouse" | "key" = "mouse"): Promise<void> {
  await page.keyboard.press("Alt+5");
  await page.getByRole("option", { name: "Status" }).click();
  const button = page.getByLabel("Choose a picture");
  const chooser = page.waitForEvent("filechooser");
  if (by === "mouse") await button.click();
  else await button.press("Enter");
  await (await chooser).setFiles(file);
}

/** Colours of the avatar in somebody's row, from the canvas: its middle, near its left and right edge, and the corner of its square. */
async function avatar(page: Page, name: string): Promise<number[][]> {
  const row = await page.getByRole("option", { name, exact: true }).boundingBox();
  assert.ok(row, name);
  const [x, y] = [row.x + 16 + 18, row.y + row.height / 2];
  const places = [[x, y], [x - 15, y], [x + 15, y], [x - 17, y - 17]] as const;
  const script = places.map(([left, top]) => `[...context.getImageData(${Math.round(left)}, ${Math.round(top)}, 1, 1).data].slice(0, 3)`).join();
  return page.evaluate(`{ const context = document.getElementById("picture").getContext("2d"); [${script}] }`);
}
const isNear = (color: number[] | undefined, wanted: readonly number[]) => color !== undefined && color.every((part, i) => Math.abs(part - (wanted[i] ?? 0)) < 24);

const red = [220, 30, 30] as const;
const green = [20, 170, 60] as const;

test("a picture is cut to its middle and seen round by a colleague at once", async () => {
  await bob.page.keyboard.press("Alt+1");
  await bob.page.getByRole("option", { name: "Alice Adams", exact: true }).waitFor();
  assert.ok(!isNear((await avatar(bob.page, "Alice Adams"))[1], red), "initials at first");
  await choose(alice, pictureFile("red.png", red));
  await alice.button("Remove").waitFor();
  const opacity = await alice.page.evaluate("getComputedStyle(document.querySelector('input[type=file]')).opacity");
  assert.equal(opacity, "0", "the browser's own button lies unseen over the picture of one");
  await until("Alice's picture at Bob's", async () => ((await avatar(bob.page, "Alice Adams")).slice(0, 3).every((color) => isNear(color, red))) || undefined);
  const [, , , corner] = await avatar(bob.page, "Alice Adams");
  assert.ok(!isNear(corner, red), `round: the corner has the row's colour, not ${corner}`);
});

test("it is fetched once, by whoever is signed in, and stays after a reload", async () => {
  assert.equal(fetched.length, 1, fetched.join());
  const [url = ""] = fetched;
  assert.equal((await fetch(url)).status, 401);
  assert.equal((await fetch(url, { headers: { authorization: "Bearer made-up" } })).status, 401);
  assert.ok(!/token|bearer|\?/i.test(url), "nothing secret in the address");
  await bob.page.reload();
  await bob.signedIn();
  await until("Alice's picture after a reload", async () => (isNear((await avatar(bob.page, "Alice Adams"))[1], red)) || undefined);
});

test("another one takes its place, and without one there are initials again", async () => {
  await choose(alice, pictureFile("green.png", green), "key");
  await until("the new picture", async () => (isNear((await avatar(bob.page, "Alice Adams"))[1], green)) || undefined);
  await alice.button("Remove").click();
  await until("initials", async () => (!isNear((await avatar(bob.page, "Alice Adams"))[1], green)) || undefined);
  await alice.button("Remove").waitFor({ state: "detached" });
});

test("what is no picture is said, and nothing is set", async () => {
  const no = alice.page.getByText("That file is no picture that this browser can read").first();
  await choose(alice, { name: "letter.png", mimeType: "image/png", buffer: Buffer.from("Dear Sir or Madam") });
  await no.waitFor();
  await alice.page.keyboard.press("Escape");
  await no.waitFor({ state: "detached" });
  await choose(alice, { name: "drawing.svg", mimeType: "image/svg+xml", buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"/>') });
  await no.waitFor();
  assert.equal(await alice.button("Remove").count(), 0);
});
