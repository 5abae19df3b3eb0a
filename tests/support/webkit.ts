import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { type BrowserOptions, type DrivenPage } from "./browsers.ts";
import { Display } from "./display.ts";
import { makeSocketFolder } from "./paths.ts";
import { atEnd, Program, run, until, within } from "./processes.ts";

const miniBrowser = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/** The driver chooses a free one, and says nowhere which. */
function listeningPort(driver: Program): Promise<number> {
  return until(`the port of ${driver.name}`, async () => {
    const line = (await run("ss", ["-Hltnp"])).split("\n").find((one) => one.includes(`pid=${driver.pid},`) && one.includes("127.0.0.1:"));
    const [, port] = line?.match(/127\.0\.0\.1:(\d+)/) ?? [];
    return port === undefined ? undefined : Number(port);
  });
}

/** One command of WebDriver (https://www.w3.org/TR/webdriver2/#endpoints). @throws what the driver says. */
function command<T>(port: number, method: string, path: string, body?: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, method, path, headers: { "content-type": "application/json" } }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => {
        const { value } = JSON.parse(text) as { value: T & { error?: string; message?: string } };
        if (answer.statusCode === 200) resolve(value);
        else reject(new Error(`${path}: ${value.error ?? ""} ${value.message ?? ""}`));
      });
    });
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Keeps what the page writes to its console as an error, or does not catch. */
const listen = `if (!window.told) {
  window.told = [];
  const keep = console.error;
  console.error = (...words) => { told.push(words.map(String).join(" ")); keep(...words); };
  addEventListener("error", (event) => told.push(String(event.message)));
  addEventListener("unhandledrejection", (event) => told.push(String(event.reason)));
}`;

/**
 * WebKitGTK on a display of its own, with the endpoint's sound. It has no WebRTC.
 * `messages` holds errors alone, as far as `evaluate` has fetched them.
 */
export async function openWebKit(options: BrowserOptions): Promise<DrivenPage> {
  const display = await Display.open(options);
  const home = makeSocketFolder();
  const driver = new Program({
    name: options.name,
    command: "WebKitWebDriver",
    args: ["--host=127.0.0.1", "--port=0"],
    env: {
      ...options.sound,
      ...{ HOME: home, XDG_DATA_HOME: join(home, "data"), XDG_CACHE_HOME: join(home, "cache"), XDG_RUNTIME_DIR: home },
      ...{ DISPLAY: display.name, LIBGL_ALWAYS_SOFTWARE: "1", GTK_A11Y: "none", NO_AT_BRIDGE: "1" },
      // The machine of the tests gives no user namespaces.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
      ...{ http_proxy: undefined, https_proxy: undefined },
    },
    logs: options.logs,
  });
  const port = await listeningPort(driver);
  const { sessionId } = await within(
    command<{ sessionId: string }>(port, "POST", "/session", {
      capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary: miniBrowser, args: ["--automation"] } } },
    }),
    "a session of WebKit",
  );
  const session = `/session/${sessionId}`;
  const end = (): Promise<void> =>
    command<void>(port, "DELETE", session)
      .catch(() => undefined)
      .then(() => driver.stop())
      .then(() => display.close())
      .then(() => undefined);
  atEnd(end);
  await command(port, "POST", `${session}/window/rect`, { width: 1280, height: 860 });
  await command(port, "POST", `${session}/url`, { url: options.url });
  const messages: string[] = [];
  return {
    messages,
    evaluate: async <T>(expression: string): Promise<T> => {
      const script = `const done = arguments[0]; ${listen}
        (async () => JSON.stringify(await (${expression})) ?? "null")().then(
          (value) => done({ value, told: told.splice(0) }), (fault) => done({ fault: String(fault), told: told.splice(0) }));`;
      const answer = await within(
        command<{ value?: string; fault?: string; told: string[] }>(port, "POST", `${session}/execute/async`, { script, args: [] }),
        `${expression} in ${options.name}`,
      );
      messages.push(...answer.told.map((text) => `error: ${text}`));
      if (answer.value === undefined) throw new Error(`in the page: ${answer.fault ?? "no value"}`);
      return JSON.parse(answer.value) as T;
    },
    perform: async (actions) => {
      await within(command(port, "POST", `${session}/actions`, { actions }), `input in ${options.name}`);
    },
    close: async () => {
      await end();
      writeFileSync(join(options.logs, `${options.name}-console.log`), messages.join("\n"));
    },
  };
}
