import { restMs } from "../../../web/page/input.ts";
import { Person } from "../../support/person.ts";
import { until } from "../../support/processes.ts";
import { type Service } from "../../support/service.ts";
import { signInRaw, type Wire } from "../../support/wire.ts";
import { type MeasuredBrowser, pass, type Visitor } from "./chromium.ts";
import { UnwatchedBrowser } from "./unwatched.ts";
import { signIn, watch } from "./visits.ts";

/** What the page costs while it is used. */

/** Windows of a load, one after the other. */
export async function loads(browser: Pick<MeasuredBrowser, "load">, windows: number, during: () => Promise<void>): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < windows; i++) values.push(await browser.load(during));
  return values;
}

const words = ["anna schmidt", "bob brown 1", "1042", "olga martin", "zzyzx", "carol king"];

/** Of every word the 95th percentile of what a key costs the page's main thread, in ms, until the list is drawn. */
export async function search({ page, cdp }: Visitor): Promise<number[]> {
  const field = page.getByRole("textbox", { name: "Find a person or dial" });
  await field.click();
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async (): Promise<number> => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
  };
  const values: number[] = [];
  for (const word of words) {
    const keys: number[] = [];
    for (const key of [...word, ...[...word].map(() => "Backspace")]) {
      const before = await spent();
      await page.keyboard.press(key === " " ? "Space" : key);
      await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))");
      keys.push((await spent()) - before);
    }
    keys.sort((a, b) => a - b);
    values.push(keys[Math.ceil(keys.length * 0.95) - 1] ?? 0);
  }
  return values;
}

/** The list under a wheel that turns sixty times a second. */
export async function scroll(browser: MeasuredBrowser, { page, cdp }: Visitor, windows: number, windowS: number): Promise<number[]> {
  const box = await page.getByRole("option").nth(5).boundingBox();
  const [x, y] = [(box?.x ?? 0) + 40, (box?.y ?? 0) + 10];
  await page.mouse.move(x, y);
  return loads(browser, windows, async () => {
    const began = performance.now();
    const turned: Promise<unknown>[] = [];
    for (let turn = 1; turn <= windowS * 60; turn++) {
      turned.push(cdp.send("Input.dispatchMouseEvent", { type: "mouseWheel", x, y, deltaX: 0, deltaY: 40 }));
      await pass(began + (turn * 1000) / 60 - performance.now());
    }
    await Promise.all(turned);
  });
}

export interface IdleLoads {
  page: number[];
  /** Of a browser that shows nothing, in the same windows of time. */
  blank: number[];
}

/** A window on the contacts that nobody touches, while those who are seen change their status one after the other, each once a minute. */
export async function idle(service: Service, logs: string, windows: number, windowS: number): Promise<IdleLoads> {
  const watched = new Set<number>();
  const [blank, browser] = [await UnwatchedBrowser.open("blank", logs), await UnwatchedBrowser.open("idle", logs)];
  await browser.use(async (page) => {
    page.on("websocket", (socket) =>
      socket.on("framesent", ({ payload }) => {
        const frame = JSON.parse(String(payload)) as { t: string; a?: number[] };
        if (frame.t === "presence_subscribe") for (const user of frame.a ?? []) watched.add(user);
      }),
    );
    await page.addInitScript(watch);
    await page.goto(`${service.url}/`);
    await signIn({ page }, "alice");
    await until("people who are seen", () => watched.size >= seenPeople || undefined);
  });
  const others = await signInAs(service, logs, watched);
  let turn = 0;
  const change = (): void => {
    const availability = Math.floor(turn / others.length) % 2 === 0 ? "dnd" : "on";
    void others[turn++ % others.length]?.ask({ t: "status_set", a: availability } as { t: string });
  };
  const timer = setInterval(change, 60_000 / others.length);
  // Until then the page takes it for one that is being used.
  await Promise.all([browser.rested(), pass(restMs)]);
  const loadsOf: IdleLoads = { page: [], blank: [] };
  for (let i = 0; i < windows; i++) {
    const over = pass(windowS * 1000);
    const [page, nothing] = await Promise.all([browser.load(() => over), blank.load(() => over)]);
    loadsOf.page.push(page);
    loadsOf.blank.push(nothing);
  }
  clearInterval(timer);
  for (const other of others) other.close();
  await Promise.all([browser.close(), blank.close()]);
  return loadsOf;
}

/** Those whose status a window of 1080 pixels shows: 19 of the list, and who is signed in. */
const seenPeople = 20;

/** These people, each on a connection of their own. */
async function signInAs(service: Service, logs: string, users: ReadonlySet<number>): Promise<Wire[]> {
  const person = await Person.signIn({ name: "directory", logs, service: service.url, way: "none" }, "alice");
  const { contacts = [] } = await person.view();
  await person.quit();
  const found = contacts.filter(({ user, address, robot }) => users.has(user) && address !== undefined && robot !== true).slice(0, seenPeople);
  if (found.length < seenPeople) throw new Error(`only ${found.length} people are seen`);
  const wires: Wire[] = [];
  for (const { address } of found) wires.push((await signInRaw(service.url, address ?? "", "sidetone")).wire);
  return wires;
}
