import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from "playwright-core";
import { atEnd, patienceMs, within } from "../../support/processes.ts";
import { ProcessTree } from "./process_tree.ts";

/** At rest: so little of a core, twice in a row. */
const restingPercent = 4;
const restMs = 150;

export const flags = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream", "--disable-features=WebRtcHideLocalIpsWithMdns"],
];

/** A browser without a GPU whose whole process tree is measured. */
export class MeasuredBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly processes: ProcessTree,
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
    return new MeasuredBrowser(browser, new ProcessTree(pid), () => server.close());
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
  load(during: () => Promise<void>): Promise<number> {
    return this.processes.load(during);
  }

  close(): Promise<void> {
    return this.end();
  }
}

export interface Visitor {
  context: BrowserContext;
  page: Page;
  cdp: CDPSession;
}

export const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
