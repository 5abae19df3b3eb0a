import { parseArgs } from "node:util";
import { makeEndpoint } from "../../support/endpoints.ts";
import { asJson, asTable, type Figure } from "../../support/figures.ts";
import { makeRunFolder } from "../../support/paths.ts";
import { endAll } from "../../support/processes.ts";
import { SoundServer } from "../../support/pulse.ts";
import { Service } from "../../support/service.ts";
import { fromPcm16, median, rms, sampleRate } from "../../support/signal.ts";
import { MeasuredBrowser } from "../client/chromium.ts";
import { ProcessTree } from "../client/process_tree.ts";
import { connectCallers, serveCallPage } from "../first-call/browser_call.ts";
import { speech } from "../jitter/speech.ts";
import { baresipCall } from "./baresip_call.ts";

/** npm run bench -- leg-cpu [--json] [--only ours]: what one leg of a call costs, beside baresip and Chromium. See README.md beside this file. */

const { values: options } = parseArgs({ options: { json: { type: "boolean" }, only: { type: "string" } } });
const logs = makeRunFolder("bench-leg-cpu");
const say = (text: string): void => {
  if (options.json !== true) process.stderr.write(`${text}\n`);
};

const bitrate = 32_000;
const complexity = 9; // what Chromium takes on a desktop
/** Until then the clocks and jitter buffers settle, and a native host has seen that nothing is lost. */
const settleS = 13;
const windows = 5;
const windowS = 4;

type Sounds = readonly [SoundServer, SoundServer];
/** What tells the share of one core, in percent, of one leg while something goes on. */
type Measured = Pick<ProcessTree, "load">;

/** The speech of two people, again and again, from `fromS` on. */
function talk(fromS: number, seconds: number): Float32Array {
  const spoken = speech();
  const once = fromPcm16(Buffer.from(spoken.buffer, spoken.byteOffset, spoken.byteLength));
  return Float32Array.from({ length: seconds * sampleRate }, (_, i) => once[(i + fromS * sampleRate) % once.length] ?? 0);
}

/** Both talk; the second one's leg is measured. @throws where he hears nothing, or is not heard: that would be no call. */
async function whileTalking(sounds: Sounds, leg: Measured): Promise<number[]> {
  const seconds = settleS + windows * windowS + 3;
  const players = [sounds[0].speak(talk(0, seconds)), sounds[1].speak(talk(12, seconds))];
  const ears = sounds.map((sound) => sound.record());
  const [clock] = ears;
  if (clock === undefined) throw new Error("no ear");
  await Promise.all(ears.map((ear) => ear.running()));
  await clock.listen(settleS);
  const values: number[] = [];
  for (let i = 0; i < windows; i++) {
    values.push(await leg.load(() => clock.listen(windowS)));
    for (const [at, ear] of ears.entries())
      if (rms(ear.latest(windowS)) < 0.01) throw new Error(`${sounds[at]?.name ?? "?"} heard nothing in window ${i + 1}`);
  }
  await Promise.all([...ears.map((ear) => ear.stop()), ...players.map((player) => player.done)]);
  return values;
}

async function ours(): Promise<{ values: number[]; sounds: Sounds }> {
  const service = await Service.start({ logs });
  const hostArguments = ["--encoder-complexity", String(complexity), "--codecs", "opus"];
  const [alice, bob] = await Promise.all([
    makeEndpoint(service, "alice", logs, { hostArguments }),
    makeEndpoint(service, "bob", logs, { arguments: ["--auto-answer"], hostArguments }),
  ]);
  const call = await alice.person.call(bob.user);
  await Promise.all([alice.person.talks(call), bob.person.talks(call)]);
  const values = await whileTalking([alice.sound, bob.sound], new ProcessTree(bob.host.program.pid));
  await alice.person.do("hang_up", { call });
  await Promise.all([alice.person.ended(call), bob.person.ended(call)]);
  // What goes on without a call is none of the others' business.
  for (const end of [alice, bob]) {
    await end.person.quit();
    await end.host.program.stop();
  }
  await service.program.stop();
  return { values, sounds: [alice.sound, bob.sound] };
}

async function baresip(sounds: Sounds): Promise<number[]> {
  const call = await baresipCall(sounds, logs, bitrate, complexity);
  const values = await whileTalking(sounds, new ProcessTree(call.pid));
  await call.end();
  return values;
}

async function chromium(sounds: Sounds): Promise<number[]> {
  const { url, end } = await serveCallPage();
  const browsers = await Promise.all([MeasuredBrowser.open(sounds[0].env), MeasuredBrowser.open(sounds[1].env)]);
  const [caller, callee] = await Promise.all(browsers.map((browser) => browser.visitor()));
  if (caller === undefined || callee === undefined) throw new Error("no page");
  await Promise.all([caller.page.goto(url), callee.page.goto(url)]);
  await connectCallers(caller.page, callee.page, bitrate);
  const values = await whileTalking(sounds, browsers[1]);
  await Promise.all(browsers.map((browser) => browser.close()));
  end();
  return values;
}

async function measure(): Promise<Figure[]> {
  say("native host …");
  const { values, sounds } = await ours();
  const unit = "% of one core";
  if (options.only === "ours") return [{ key: "ours", unit, reach: undefined, values }];
  say("baresip …");
  const ofBaresip = await baresip(sounds);
  say("Chromium …");
  const ofChromium = await chromium(sounds);
  const reach = Math.min(median(ofBaresip), 0.3 * median(ofChromium));
  return [
    { key: "ours", unit, reach: Math.round(reach * 100) / 100, values },
    { key: "baresip", unit, reach: undefined, values: ofBaresip },
    { key: "chromium", unit, reach: undefined, values: ofChromium },
  ];
}

try {
  const figures = await measure();
  console.log(options.json === true ? JSON.stringify(asJson(figures)) : asTable(figures));
} finally {
  await endAll();
}
