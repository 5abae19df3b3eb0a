// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Locator } from "playwright-core";
import { PagePerson } from "../support/page_person.ts";
import { makeRunFolder, pageBuild } from "../support/paths.ts";
import { endAll, until } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { movingMs } from "../../web/page/frame.ts";
import { scrollingMs } from "../../web/page/input.ts";

/** The page among 20,000 people, with 50,000 messages in one conversation. */

const logs = makeRunFolder("page-many");
const people = 20_000;
const messages = 50_000;
let alice: PagePerson;

before(async () => {
  const config = `[server]\nweb_root = ${pageBuild}\n[demo]\npeople = ${people}\nmessages = ${messages}\n`;
  const service = await Service.start({ logs, config });
  alice = await PagePerson.signIn({ service, logs, user: "alice" });
});
after(endAll);

/** Over the middle of it, from where the wheel turns it. */
async function pointAt(list: Locator): Promise<void> {
  const box = await list.boundingBox();
  assert.ok(box);
  await alice.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
}

test("all people are there, are found by the beginning of any word, and can be scrolled to the last one", async () => {
  const { page } = alice;
  await page.keyboard.press("Alt+1");
  const list = page.getByRole("listbox", { name: "Contacts" });
  const everybody = people + 2; // and two robots, with oneself
  await list.locator("[aria-setsize]").first().waitFor();
  const many = async (): Promise<number> => Number(await list.getByRole("option").first().getAttribute("aria-setsize"));
  await until("all people", async () => ((await many()) >= everybody - 1 ? true : undefined));

  const search = page.getByRole("textbox", { name: "Find a person or dial" });
  await search.fill("lefev");
  await list.getByRole("option", { name: /Lefèvre/ }).first().waitFor();
  await until("those found alone", async () => ((await many()) < people / 20 ? true : undefined));
  for (const name of await list.getByRole("option").allTextContents()) assert.match(name, /Lefèvre/);
  await search.fill("");
  await until("all people again", async () => ((await many()) >= everybody - 1 ? true : undefined));

  await pointAt(list);
  await page.mouse.wheel(0, 1e7);
  const last = list.locator(`[aria-posinset="${await many()}"]`);
  await last.waitFor();
  assert.ok((await list.getByRole("option").count()) < 60, "only what is seen has elements");
  await last.click();
  await page.getByRole("heading", { name: (await last.textContent()) ?? "", exact: true }).waitFor();
});

interface DrawnFrame {
  /** The last turn of the wheel, ms ago. */
  sinceTurn: number;
  at: number;
  row: string;
  field: string;
}

test("a list under the wheel is drawn with every second frame of the screen, without the transparent text over it", async () => {
  const { page } = alice;
  await page.keyboard.press("Alt+1");
  const list = page.getByRole("listbox", { name: "Contacts" });
  await pointAt(list);
  await page.mouse.wheel(0, -1e7);
  await list.locator('[aria-posinset="1"]').waitFor();
  await page.evaluate(`{
    globalThis.drawn = [];
    let begun = 0;
    let turned = -Infinity;
    addEventListener("wheel", () => (turned = performance.now()), { capture: true, passive: true });
    const request = requestAnimationFrame;
    globalThis.requestAnimationFrame = (frame) => request((time) => ((begun = performance.now()), frame(time)));
    const { putImageData } = CanvasRenderingContext2D.prototype;
    const opacity = (selector) => getComputedStyle(document.querySelector(selector)).opacity;
    CanvasRenderingContext2D.prototype.putImageData = function (...all) {
      // A frame may have several parts.
      if (drawn.at(-1)?.at !== begun) drawn.push({ at: begun, sinceTurn: performance.now() - turned, row: opacity("[role=option]"), field: opacity("input") });
      return putImageData.apply(this, all);
    };
  }`);
  const turns = 60;
  const cdp = await page.context().newCDPSession(page);
  const box = await list.boundingBox();
  const [x, y] = [(box?.x ?? 0) + 40, (box?.y ?? 0) + 200];
  const turned: Promise<unknown>[] = [];
  for (let turn = 0; turn < turns; turn++) {
    turned.push(cdp.send("Input.dispatchMouseEvent", { type: "mouseWheel", x, y, deltaX: 0, deltaY: 40 }));
    await new Promise((resolve) => setTimeout(resolve, 1000 / 60));
  }
  await Promise.all(turned);
  const drawn = await page.evaluate<DrawnFrame[]>("drawn");
  // The pointer's coming and each rest are frames of their own, and a list rests when the machine has no turn for it in time; between them it moves.
  const isMoving = (frame: DrawnFrame | undefined) => frame !== undefined && frame.sinceTurn < scrollingMs;
  const moving = drawn.filter((frame, i) => isMoving(drawn[i - 2]) && isMoving(drawn[i - 1]) && isMoving(frame));
  assert.ok(moving.length >= 5, `${moving.length} of ${drawn.length} frames`);
  const gaps = moving.map((frame) => frame.at - (drawn[drawn.indexOf(frame) - 1]?.at ?? 0));
  assert.ok(Math.min(...gaps) >= movingMs - 1, `frames ${gaps.map(Math.round).join(", ")} ms apart`);
  assert.deepEqual(new Set(moving.map(({ row, field }) => `${row} ${field}`)), new Set(["0 1"]), "opacity of rows and of the field");
  await until("the rows' elements again", async () => ((await list.getByRole("option").first().evaluate((row) => getComputedStyle(row).opacity)) === "1" ? true : undefined));
});

/** Where each message ends, by its number: those whose end is seen. */
async function places(log: Locator): Promise<Map<number, number>> {
  const found = await log.getByRole("listitem").evaluateAll((all) =>
    all.map((one) => {
      const number = Number(/(\d+)\. /.exec(one.getAttribute("aria-label") ?? one.textContent ?? "")?.[1]);
      return { number, bottom: one.getBoundingClientRect().bottom, end: one.parentElement?.getBoundingClientRect().bottom ?? 0 };
    }),
  );
  return new Map(found.filter(({ number, bottom, end }) => number > 0 && bottom < end - 1).map(({ number, bottom }) => [number, bottom]));
}

test("a long conversation opens at its end, and is paged back without a jump", async () => {
  const { page } = alice;
  await page.keyboard.press("Alt+2");
  await page.getByRole("option", { name: /Bob Brown/ }).first().click();
  const log = page.getByRole("log");
  await log.getByRole("listitem", { name: new RegExp(`${messages}\\. `) }).waitFor();
  await pointAt(log);

  // Whatever is fetched above: what is seen moves by what the wheel is turned, or not at all. The elements follow when the list rests.
  const step = 400;
  const rests = `new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(done)), ${2 * scrollingMs}))`;
  const goal = messages - 250; // five pages
  let before = await places(log);
  for (let turns = 0; Math.min(...before.keys()) > goal; turns++) {
    assert.ok(turns < 400, `no way back beyond message ${Math.min(...before.keys())}`);
    await page.mouse.wheel(0, -step);
    await page.evaluate(rests);
    const now = await places(log);
    const moves = [...now].filter(([number]) => before.has(number)).map(([number, bottom]) => Math.round(bottom - (before.get(number) ?? 0)));
    assert.ok(moves.length > 0, "what was seen is still there");
    assert.ok(moves.every((move) => Math.abs(move - (moves[0] ?? 0)) <= 1 && move >= -1 && move <= step + 1), `messages moved by ${moves.join(", ")}`);
    before = now;
  }
});
