import { mkdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type LaunchOptions, type Page as ChromiumPage } from "playwright-core";
import { WebSocket } from "ws";
import { makeSocketFolder } from "./paths.ts";
import { atEnd, patienceMs, Program, within } from "./processes.ts";

/** Neither browser gives up waiting for a page that never answers. */
function answered<T>(answer: Promise<T>, expression: string, browser: string, messages: readonly string[]): Promise<T> {
  return within(answer, `${expression} in ${browser}`).catch((fault: Error) => {
    throw new Error([fault.message, ...messages.slice(-5)].join("\n  the page said: "));
  });
}

/** A page in a real browser. */
export interface Page {
  /** Evaluate an expression, which may be a promise, and hand its JSON value back. */
  evaluate<T>(expression: string): Promise<T>;
  /** What the page has written to the console and thrown so far. */
  readonly messages: string[];
  close(): Promise<void>;
}

export interface BrowserOptions {
  name: string;
  logs: string;
  url: string;
  /** Environment of a SoundServer: its microphone and loudspeaker are the browser's. */
  sound: Readonly<Record<string, string>>;
  /** Hide local addresses behind mDNS names, as browsers do where a page may not record: it gets no microphone then. */
  mdns?: boolean;
  /** Chromium: has a finger. */
  touch?: boolean;
  /** Chromium: WebGL, on the processor. */
  webgl?: boolean;
  /** Chromium: sees the page before its address is opened. */
  before?: (page: ChromiumPage) => void;
  /** Chromium: folder of what it keeps from one run to the next. */
  profile?: string;
}

/** One source of input and what it does, as WebDriver and WebDriver BiDi both write it (https://www.w3.org/TR/webdriver2/#actions). */
export type InputActions = readonly ({ type: "pointer"; id: string; actions: readonly object[] } | { type: "key"; id: string; actions: readonly object[] })[];

/** A page that real pointers and keys reach. */
export interface DrivenPage extends Page {
  perform(actions: InputActions): Promise<void>;
}

/** The same, and everything that can be done with a page by roles and names. */
export interface OpenChromium extends Page {
  readonly page: ChromiumPage;
  /** kill -9, of one that has a profile. */
  kill(): Promise<void>;
}

/** The process that has a profile: it says so in a link "<machine>-<process>". */
const profileOwner = (profile: string): number => Number(readlinkSync(join(profile, "SingletonLock")).split("-").at(-1));

/** Chromium without a display, with the endpoint's sound. */
export async function openChromium(options: BrowserOptions): Promise<OpenChromium> {
  const settings: LaunchOptions = {
    executablePath: "/usr/bin/chromium",
    headless: true,
    env: { ...process.env, ...options.sound } as Record<string, string>,
    ignoreDefaultArgs: ["--mute-audio"],
    args: [
      ...[
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
      ...(options.webgl === true ? ["--enable-unsafe-swiftshader"] : []),
      ...["--autoplay-policy=no-user-gesture-required", "--disable-renderer-backgrounding"],
      ...(options.mdns === true ? [] : ["--use-fake-ui-for-media-stream", "--disable-features=WebRtcHideLocalIpsWithMdns"]),
    ],
  };
  const rights = { hasTouch: options.touch === true, permissions: options.mdns === true ? [] : ["microphone"] };
  const browser = options.profile === undefined ? await chromium.launch(settings) : undefined;
  const context = browser ? await browser.newContext(rights) : await chromium.launchPersistentContext(options.profile ?? "", { ...settings, ...rights });
  const close = (): Promise<void> => (browser ?? context).close();
  atEnd(close);
  const page = context.pages()[0] ?? (await context.newPage());
  const messages: string[] = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(`error: ${error.stack ?? error.message}`));
  page.setDefaultTimeout(patienceMs);
  options.before?.(page);
  await page.goto(options.url);
  return {
    page,
    messages,
    evaluate: <T>(expression: string): Promise<T> => answered(page.evaluate(expression) as Promise<T>, expression, options.name, messages),
    kill: async () => {
      const gone = new Promise((resolve) => context.once("close", resolve));
      process.kill(profileOwner(options.profile ?? ""), "SIGKILL");
      await within(gone, `the end of ${options.name}`);
    },
    close: async () => {
      await close();
      writeFileSync(join(options.logs, `${options.name}-console.log`), messages.join("\n"));
    },
  };
}

interface BidiReply {
  id?: number;
  type: string;
  result?: unknown;
  message?: string;
  method?: string;
  params?: unknown;
}

/** A WebDriver BiDi session (https://www.w3.org/TR/webdriver-bidi/), as much of it as the tests need. */
class Bidi {
  private last = 0;
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (reason: Error) => void }>();

  private constructor(
    private readonly socket: WebSocket,
    onEvent: (method: string, params: unknown) => void,
  ) {
    const fail = (): void => {
      for (const one of this.waiting.values()) one.reject(new Error("the browser has gone"));
      this.waiting.clear();
    };
    socket.on("error", fail);
    socket.on("close", fail);
    socket.on("message", (data: Buffer) => {
      const reply = JSON.parse(data.toString()) as BidiReply;
      if (reply.id === undefined) {
        if (reply.method !== undefined) onEvent(reply.method, reply.params);
        return;
      }
      const one = this.waiting.get(reply.id);
      this.waiting.delete(reply.id);
      if (reply.type === "success") one?.resolve(reply.result);
      else one?.reject(new Error(reply.message ?? "refused by the browser"));
    });
  }

  static async connect(url: string, onEvent: (method: string, params: unknown) => void): Promise<Bidi> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    atEnd(() => socket.terminate());
    return new Bidi(socket, onEvent);
  }

  command<T>(method: string, params: object): Promise<T> {
    const id = ++this.last;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve: (value) => resolve(value as T), reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
}

/** Firefox without a display, with the endpoint's sound. */
export async function openFirefox(options: BrowserOptions): Promise<DrivenPage> {
  const profile = join(makeSocketFolder(), "profile");
  mkdirSync(profile);
  const preferences: Record<string, boolean | number | string> = {
    "media.navigator.permission.disabled": true,
    "media.navigator.streams.fake": false,
    "media.peerconnection.ice.loopback": true,
    "media.peerconnection.ice.obfuscate_host_addresses": options.mdns === true,
    "media.autoplay.default": 0,
    "media.cubeb.sandbox": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "browser.safebrowsing.downloads.enabled": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "app.update.enabled": false,
    "extensions.update.enabled": false,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "browser.shell.checkDefaultBrowser": false,
    "toolkit.startup.max_resumed_crashes": -1,
  };
  writeFileSync(
    join(profile, "user.js"),
    Object.entries(preferences)
      .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
      .join(""),
  );
  const program = new Program({
    name: options.name,
    command: "firefox-esr",
    args: ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"],
    env: { ...options.sound, MOZ_DISABLE_CONTENT_SANDBOX: "1", MOZ_CRASHREPORTER_DISABLE: "1" },
    logs: options.logs,
  });
  const [, address = ""] = await program.line(/WebDriver BiDi listening on (ws:\/\/\S+)/, 60_000);
  const messages: string[] = [];
  const bidi = await Bidi.connect(`${address}/session`, (_method, params) => {
    const { level, text } = params as { level?: string; text?: string };
    messages.push(`${level === "error" ? "error: " : ""}${text ?? ""}`);
  });
  await bidi.command("session.new", { capabilities: {} });
  await bidi.command("session.subscribe", { events: ["log.entryAdded"] });
  const { contexts } = await bidi.command<{ contexts: { context: string }[] }>("browsingContext.getTree", {});
  const context = contexts[0]?.context;
  await bidi.command("browsingContext.navigate", { context, url: options.url, wait: "complete" });
  return {
    messages,
    evaluate: async <T>(expression: string): Promise<T> => {
      const asked = bidi.command<{ type: string; result?: { value?: string }; exceptionDetails?: { text: string } }>("script.evaluate", {
        expression: `(async () => JSON.stringify(await (${expression})) ?? 'null')()`,
        awaitPromise: true,
        target: { context },
      });
      const reply = await answered(asked, expression, options.name, messages);
      if (reply.type !== "success" || reply.result?.value === undefined)
        throw new Error(`in the page: ${reply.exceptionDetails?.text ?? "no value"}`);
      return JSON.parse(reply.result.value) as T;
    },
    perform: async (actions) => {
      await within(bidi.command("input.performActions", { context, actions }), `input in ${options.name}`);
    },
    close: async () => {
      await within(bidi.command("browser.close", {}), "the end of Firefox", 5_000).catch(() => undefined);
      await program.stop();
      writeFileSync(join(options.logs, `${options.name}-console.log`), messages.join("\n"));
    },
  };
}
