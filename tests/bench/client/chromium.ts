import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from "playwright-core";
import { readdirSync, readFileSync } from "node:fs";
import { atEnd, cpuSeconds, patienceMs, within } from "../../support/processes.ts";

/** At rest: so little of a core, twice in a row. */
const restingPercent = 4;
const restMs = 150;

const flags = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream", "--disable-features=WebRtcHideLocalIpsWithMdns"],
];

/** A browser without a GPU whose whole process tree is measured. */
export class MeasuredBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly pid: number,
    private readonly end: () => Promise<void>,
  ) {}

  /** @param sound  environment of a SoundServer */
  static async open(sound: Readonly<Record<string, string>> = {}): Promise<MeasuredBrowser> {
    const server = await chromium.launchServer({
      executablePath: "/usr/bin/chromium",
      headless: true,
      env: { ...process.env, ...sound } as Record<string, string>,
      ignoreDefaultArgs: ["--mute-audio"],
      args: flags,
    });
    atEnd(() => server.close());
    const { pid } = server.process();
    if (pid === undefined) throw new Error("Chromium did not start");
    const browser = await chromium.connect(server.wsEndpoint());
    return new MeasuredBrowser(browser, pid, () => server.close());
  }

  /** A profile in which nobody has been: no cache, no database, no service worker. Its window is there, and at rest. */
  async visitor(): Promise<Visitor> {
    const context = await this.browser.newContext({ permissions: ["microphone"], viewport: { width: 1920, height: 1080 } });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    const cdp = await context.newCDPSession(page);
    await within(this.rest(), "the browser at rest");
    return { context, page, cdp };
  }

  /** The browser's own window (since Chromium 156 its address bar is a page of 180 files) keeps both cores busy for a second. */
  private async rest(): Promise<void> {
    for (let calm = 0; calm < 2; ) calm = (await this.load(() => pass(restMs))) < restingPercent ? calm + 1 : 0;
  }

  /** Share of one core, in percent, of all its processes while something goes on. */
  async load(during: () => Promise<void>): Promise<number> {
    const [before, began] = [this.cpu(), performance.now()];
    await during();
    const seconds = (performance.now() - began) / 1000;
    let used = 0;
    for (const [pid, time] of this.cpu()) used += time - (before.get(pid) ?? 0);
    return (100 * used) / seconds;
  }

  close(): Promise<void> {
    return this.end();
  }

  private cpu(): Map<number, number> {
    const times = new Map<number, number>();
    for (const pid of treeOf(this.pid)) {
      try {
        times.set(pid, cpuSeconds(pid));
      } catch {
        // It has ended between the two looks.
      }
    }
    return times;
  }
}

export interface Visitor {
  context: BrowserContext;
  page: Page;
  cdp: CDPSession;
}

/** A process and all that descend from it. */
function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

export const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
