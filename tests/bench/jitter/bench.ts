import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { simulatorPath } from "../../support/paths.ts";
import { fromPcm16 } from "../../support/signal.ts";
import { judge, mos } from "./judge.ts";
import { throughLibwebrtc, type Trace } from "./libwebrtc.ts";
import { speech, speechPath } from "./speech.ts";

/** npm run bench -- jitter [--json]: the jitter buffer beside libwebrtc's, through the same networks. See README.md beside this file. */

const settledMs = 6000;
const { values: options } = parseArgs({
  options: {
    json: { type: "boolean" },
    case: { type: "string", multiple: true },
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "51" },
    together: { type: "string", default: "6" },
    "no-libwebrtc": { type: "boolean" },
    trace: { type: "string" },
    "payload-type": { type: "string", default: "111" },
  },
});
const say = (text: string): void => void process.stderr.write(`${text}\n`);

interface Figures {
  conceal_pct: number;
  delay_ms: number;
  mos: number;
  seg_snr_db: number;
}
interface Simulated {
  case: string;
  conceal_pct: number;
  /** Of this figure's phase of the device's clock, and the mean of all. */
  heard_buffer_ms: number;
  buffer_ms: number;
}

async function simulator<T>(...words: string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(simulatorPath, words, { maxBuffer: 1 << 28 });
  return JSON.parse(stdout) as T;
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

function figures(concealPct: number, delayMs: number, segSnrDb: number): Figures {
  return { conceal_pct: round(concealPct, 2), delay_ms: round(delayMs, 1), mos: round(mos(delayMs, concealPct), 2), seg_snr_db: round(segSnrDb, 1) };
}

/** What was spoken, on the receiver's clock. */
function spoken(pcm: Int16Array, seconds: number, driftPpm: number): Float32Array {
  const out = new Float32Array(seconds * 48_000);
  const speed = 1 + driftPpm * 1e-6;
  for (let i = 0; i < out.length; i++) {
    const at = i * speed;
    const before = Math.floor(at);
    const part = at - before;
    out[i] = (pcm[before % pcm.length]! * (1 - part) + pcm[(before + 1) % pcm.length]! * part) / 32768;
  }
  return out;
}

async function compare(): Promise<void> {
  const seconds = Number(options.seconds);
  const pcm = speech();
  const common = ["--seed", options.seed, "--seconds", options.seconds];
  const wanted = (name: string): boolean => options.case === undefined || options.case.includes(name);
  const { cases: traces } = await simulator<{ cases: Trace[] }>("--arrivals", ...common);
  const folder = mkdtempSync(join(tmpdir(), "sidetone-jitter-"));
  const ours = new Map<string, Figures>();
  try {
    for (const trace of traces.filter((one) => wanted(one.case))) {
      say(`${trace.case} …`);
      const simulated = await simulator<{ cases: Simulated[] }>("--speech", speechPath, "--heard", folder, "--case", trace.case, ...common);
      const one = simulated.cases[0]!;
      const heard = fromPcm16(readFileSync(join(folder, `${trace.case}.s16`)));
      const found = judge(spoken(pcm, seconds, trace.drift_ppm), heard, settledMs);
      ours.set(trace.case, figures(one.conceal_pct, found.delay_ms + one.buffer_ms - one.heard_buffer_ms, found.seg_snr_db));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  const theirs = new Map<string, Figures>();
  if (options["no-libwebrtc"] !== true) {
    const waiting = traces.filter((one) => wanted(one.case));
    const together = Number(options.together);
    while (waiting.length > 0) {
      const now = waiting.splice(0, together);
      say(`libwebrtc, ${seconds} s: ${now.map((trace) => trace.case).join(", ")} …`);
      const all = await Promise.all(now.map(async (trace) => ({ trace, heard: await throughLibwebrtc(pcm, trace, seconds, settledMs) })));
      for (const { trace, heard } of all) {
        const found = judge(spoken(pcm, seconds, trace.drift_ppm), heard.samples, settledMs);
        theirs.set(trace.case, figures(heard.conceal_pct, found.delay_ms, found.seg_snr_db));
      }
    }
  }
  const cases = [...ours].map(([name, figure]) => ({ case: name, ours: figure, libwebrtc: theirs.get(name) ?? null }));
  if (options.json === true) {
    console.log(JSON.stringify({ seed: Number(options.seed), cases }));
    return;
  }
  const cells = (of: Figures | null): string[] =>
    of === null ? ["", "", "", ""] : [of.conceal_pct.toFixed(2), of.delay_ms.toFixed(1), of.mos.toFixed(2), of.seg_snr_db.toFixed(1)];
  console.log("| case | concealed % | delay ms | MOS | seg. SNR dB |\n|---|---|---|---|---|");
  for (const one of cases) {
    const [left, right] = [cells(one.ours), cells(one.libwebrtc)];
    console.log(`| ${one.case} | ${left.map((value, i) => `${value} / ${right[i]}`).join(" | ")} |`);
  }
}

if (options.trace !== undefined) {
  const found = await simulator<{ conceal_pct: number; delay_ms: number }>("--trace", options.trace, "--payload-type", options["payload-type"]);
  const { conceal_pct, delay_ms } = found;
  const ours = { conceal_pct, delay_ms, mos: round(mos(delay_ms, conceal_pct), 2), seg_snr_db: null };
  console.log(JSON.stringify({ cases: [{ case: basename(options.trace), ours, libwebrtc: null }] }));
} else {
  await compare();
  // libwebrtc keeps threads that hold the process.
  process.exit(0);
}
