import { parseArgs } from "node:util";
import { asJson, asTable, type Figure } from "../../support/figures.ts";
import { makeRunFolder, pageBuild } from "../../support/paths.ts";
import { endAll } from "../../support/processes.ts";
import { Service } from "../../support/service.ts";
import { inCall } from "./calls.ts";
import { MeasuredBrowser } from "./chromium.ts";
import { serveConverse } from "./converse.ts";
import { idle, scroll, search } from "./use.ts";
import { firstBytes, firstFrames, open, signIn, signIns } from "./visits.ts";

/** npm run bench -- client [--json]: what the page costs, from the first visit to a call. See README.md beside this file. */

const { values: options } = parseArgs({ options: { json: { type: "boolean" } } });
const logs = makeRunFolder("bench-client");
const say = (text: string): void => {
  if (options.json !== true) process.stderr.write(`${text}\n`);
};

async function measure(): Promise<Figure[]> {
  const service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n[demo]\npeople = 20000\nmessages = 50000\n` });
  const ours = `${service.url}/`;
  const browser = await MeasuredBrowser.open();
  const converse = await serveConverse();
  // Its files are packed when they are asked for the first time.
  await firstBytes(browser, converse, 1);

  say("first visits …");
  const pageBytes = await firstBytes(browser, service.url, 5);
  const converseBytes = await firstBytes(browser, converse, 5);
  const firstFrame = await firstFrames(browser, ours, 9);
  const firstFrameSlow = await firstFrames(browser, ours, 7, 4);
  const converseFrame = await firstFrames(browser, `${converse}/`, 9);
  say("signing in …");
  const signed = await signIns(browser, ours, "alice", 5);
  say("searching, scrolling …");
  const visitor = await open(browser, ours);
  await signIn(visitor, "alice");
  const keystroke = await search(visitor);
  const scrolling = await scroll(browser, visitor, 5, 2);
  await visitor.context.close();
  await browser.close();
  say("idle, a minute and 30 s …");
  const idling = await idle(service, logs, 5, 6);
  say("in a call …");
  const calls = await inCall(service, logs, 5, 3);

  return [
    { key: "page_brotli_bytes", unit: "bytes", reach: 350_000, values: pageBytes },
    { key: "converse_bytes", unit: "bytes", reach: undefined, values: converseBytes },
    { key: "first_frame_ms", unit: "ms", reach: 450, values: firstFrame },
    { key: "first_frame_slow_ms", unit: "ms", reach: 1300, values: firstFrameSlow },
    { key: "converse_first_frame_ms", unit: "ms", reach: undefined, values: converseFrame },
    { key: "sign_in_to_contacts_ms_first", unit: "ms", reach: 1200, values: signed.first },
    { key: "sign_in_to_contacts_ms_cached", unit: "ms", reach: 300, values: signed.cached },
    { key: "search_keystroke_ms", unit: "ms", reach: 16, values: keystroke },
    { key: "idle_cpu_percent", unit: "% of one core", reach: 0.5, values: idling.page },
    { key: "blank_cpu_percent", unit: "% of one core", reach: undefined, values: idling.blank },
    { key: "in_call_cpu_percent", unit: "% of one core", reach: 3, values: calls.native },
    { key: "browser_call_cpu_percent", unit: "% of one core", reach: undefined, values: calls.browser },
    { key: "scroll_cpu_percent", unit: "% of one core", reach: 45, values: scrolling },
    { key: "js_heap_mb", unit: "MB", reach: 6, values: signed.heapMb },
    { key: "wasm_mb", unit: "MB", reach: 32, values: signed.wasmMb },
  ];
}

try {
  const figures = await measure();
  console.log(options.json === true ? JSON.stringify(asJson(figures)) : asTable(figures));
} finally {
  await endAll();
}
