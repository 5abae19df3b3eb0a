import { type Page } from "playwright-core";
import { untilKept } from "../../support/kept_texts.ts";
import { within } from "../../support/processes.ts";
import { type MeasuredBrowser, type Visitor } from "./chromium.ts";
import { CountingProxy } from "./counting_proxy.ts";

/** Runs in the page before all else. `seen.<name>` is when an element that fits was there and drawn, in ms from the start of the navigation. */
export const watch = `
globalThis.seen = { script: performance.now() };
globalThis.wait = (name, selector) => new Promise((done) => {
  const there = () => document.querySelector(selector) !== null;
  const drawn = () => requestAnimationFrame(() => setTimeout(() => done((seen[name] = performance.now()))));
  if (there()) return drawn();
  new MutationObserver((_, observer) => {
    if (!there()) return;
    observer.disconnect();
    drawn();
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["type", "role"] });
});
globalThis.form = wait("form", "input[type=password]");
globalThis.option = wait("option", "[role=option]");
globalThis.memories = new Set();
for (const name of ["instantiate", "instantiateStreaming"]) {
  const real = WebAssembly[name];
  WebAssembly[name] = async (...all) => {
    const made = await real.apply(WebAssembly, all);
    for (const one of Object.values((made.instance ?? made).exports)) if (one instanceof WebAssembly.Memory) memories.add(one);
    return made;
  };
}
addEventListener("keydown", ({ key }) => { if (key === "Enter") seen.enter ??= performance.now(); }, true);
`;

/** @param options.slower  so many times slower than this machine. @param options.before  sees the page before its address is opened. */
export async function open(browser: MeasuredBrowser, url: string, { slower = 1, before }: { slower?: number; before?: (page: Page) => void } = {}): Promise<Visitor> {
  const visitor = await browser.visitor();
  await visitor.context.addInitScript(watch);
  before?.(visitor.page);
  if (slower > 1) await visitor.cdp.send("Emulation.setCPUThrottlingRate", { rate: slower });
  await visitor.page.goto(url);
  return visitor;
}

/** From the start of the navigation to the form for signing in, drawn; every time in a new profile. */
export async function firstFrames(browser: MeasuredBrowser, url: string, count: number, slower = 1): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const { context, page } = await open(browser, url, { slower });
    times.push(await within(page.evaluate<number>("form"), "the form for signing in"));
    await context.close();
  }
  return times;
}

/** What a server sends to a new profile until nothing more comes for two seconds. */
export async function firstBytes(browser: MeasuredBrowser, server: string, count: number): Promise<number[]> {
  const bytes: number[] = [];
  for (let i = 0; i < count; i++) {
    const proxy = await CountingProxy.before(server);
    const { context, page } = await open(browser, `${proxy.url}/`);
    await within(page.evaluate("form"), "the form for signing in");
    await proxy.quiet(2000);
    bytes.push(proxy.bytes);
    await context.close();
  }
  return bytes;
}

/** Signs in by the form. @returns ms from Enter to the first row of the contacts, drawn. */
export async function signIn({ page }: Pick<Visitor, "page">, user: string, password = "sidetone"): Promise<number> {
  await page.getByLabel("Name").fill(user);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  return within(page.evaluate<number>("option.then((drawn) => drawn - seen.enter)"), "the first contact");
}

export interface SignIns {
  first: number[];
  cached: number[];
  heapMb: number[];
  wasmMb: number[];
}

/** Every time in a new profile: signed in by hand, then opened once more; then what it holds. */
export async function signIns(browser: MeasuredBrowser, url: string, user: string, count: number): Promise<SignIns> {
  const out: SignIns = { first: [], cached: [], heapMb: [], wasmMb: [] };
  for (let i = 0; i < count; i++) {
    const visitor = await open(browser, url);
    out.first.push(await signIn(visitor, user));
    await visitor.page.evaluate("navigator.serviceWorker.ready.then(() => true)");
    await untilKept(visitor.page, (texts) => "directory/0" in texts);
    await visitor.page.reload();
    out.cached.push(await within(visitor.page.evaluate<number>("option.then((drawn) => drawn - seen.script)"), "the first contact"));
    const { heap, wasm } = await memory(visitor);
    out.heapMb.push(heap);
    out.wasmMb.push(wasm);
    await visitor.context.close();
  }
  return out;
}

/** In MB of 1,000,000 bytes: the heap of JavaScript after a collection, and the memories of WebAssembly. */
async function memory({ page, cdp }: Visitor): Promise<{ heap: number; wasm: number }> {
  await cdp.send("HeapProfiler.enable");
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  const wasm = await page.evaluate<number>("[...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0)");
  if (wasm === 0) throw new Error("the memory of WebAssembly was not found");
  return { heap: usedSize / 1e6, wasm: wasm / 1e6 };
}
