import { chromium, type Page } from "playwright-core";
import { join } from "node:path";
import { patienceMs, Program } from "../../support/processes.ts";
import { flags, pass } from "./chromium.ts";
import { ProcessTree } from "./process_tree.ts";

/** So long after it was opened it tidies up: after half a minute it collects the garbage of its own window's pages, then it looks after its databases. */
const tidyingMs = 60_000;

/**
 * A browser without a GPU that nobody watches while it is measured. Who drives a page by DevTools is told of every message of its sockets, which costs
 * the browser as much as the message itself: nobody does so to the one that people use.
 */
export class UnwatchedBrowser {
  private readonly opened = performance.now();

  private constructor(
    private readonly program: Program,
    private readonly address: string,
    private readonly processes: ProcessTree,
  ) {}

  /** What the page has of its window is 1920 × 1080. @param name  of its profile. @param sound  environment of a SoundServer. */
  static async open(name: string, logs: string, sound: Readonly<Record<string, string>> = {}): Promise<UnwatchedBrowser> {
    const program = new Program({
      name,
      command: "/usr/bin/chromium",
      args: [...flags, "--headless", "--window-size=1920,1223", "--remote-debugging-port=0", `--user-data-dir=${join(logs, name)}`, "about:blank"],
      env: sound,
      logs,
    });
    const [, address = ""] = await program.line(/DevTools listening on (ws:\S+)/);
    return new UnwatchedBrowser(program, address, new ProcessTree(program.pid));
  }

  /** Does something in its window, and lets go of it. */
  async use(steps: (page: Page) => Promise<void>): Promise<void> {
    const browser = await chromium.connectOverCDP(this.address);
    const page = browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error("Chromium has no window");
    page.setDefaultTimeout(patienceMs);
    await steps(page);
    await browser.close();
  }

  /** It has tidied up after its start, and has optimised what a page in it does meanwhile. */
  rested(): Promise<void> {
    return pass(this.opened + tidyingMs - performance.now());
  }

  /** Share of one core, in percent, of all its processes while something goes on. */
  load(during: () => Promise<void>): Promise<number> {
    return this.processes.load(during);
  }

  async close(): Promise<void> {
    await this.program.stop();
  }
}
