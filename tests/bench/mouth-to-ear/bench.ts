import { parseArgs } from "node:util";
import { asJson, asTable, type Figure } from "../../support/figures.ts";
import { makeRunFolder } from "../../support/paths.ts";
import { endAll } from "../../support/processes.ts";
import { SoundServer } from "../../support/pulse.ts";
import { connected, described, type RedirectedHost, startRedirectedHost } from "../../support/redirected_host.ts";
import { Service } from "../../support/service.ts";
import { signInRaw } from "../../support/wire.ts";
import { browserCall } from "../first-call/browser_call.ts";
import { delays } from "../first-call/mouth_to_ear.ts";

/** npm run bench -- mouth-to-ear [--json]: the delay of a voice, with packets of 20 ms and of 10 ms, beside Chromium's. See README.md beside this file. */

const { values: options } = parseArgs({ options: { json: { type: "boolean" } } });
const logs = makeRunFolder("bench-mouth-to-ear");
const chirps = 15;
const say = (text: string): void => {
  if (options.json !== true) process.stderr.write(`${text}\n`);
};

type End = RedirectedHost & { sound: SoundServer };

/** What whoever reads the description is asked for. */
function withPacketTime(sdp: string, ms: number): string {
  return sdp.replace(/^a=rtcp-mux\r\n/m, `a=rtcp-mux\r\na=ptime:${ms}\r\n`);
}

/** Packets that a connection has sent, and when, ms. */
async function sent(peer: Awaited<ReturnType<RedirectedHost["speaker"]>>): Promise<{ packets: number; atMs: number }> {
  const stats = [...(await peer.getStats()).values()] as { type: string; timestamp: number; packetsSent?: number }[];
  const stream = stats.find((one) => one.type === "outbound-rtp");
  return { packets: stream?.packetsSent ?? 0, atMs: stream?.timestamp ?? 0 };
}

async function between([alice, bob]: readonly [End, End], key: string, packetMs: number): Promise<readonly number[]> {
  const [calling, called] = [await alice.speaker(), await bob.speaker()];
  await called.setRemoteDescription({ type: "offer", sdp: withPacketTime(await described(calling), packetMs) });
  await calling.setRemoteDescription({ type: "answer", sdp: withPacketTime(await described(called), packetMs) });
  await Promise.all([connected(calling), connected(called)]);
  const before = await sent(calling);
  const values = await delays(key, alice.sound, bob.sound, chirps);
  const after = await sent(calling);
  const actualMs = (after.atMs - before.atMs) / (after.packets - before.packets);
  if (Math.abs(actualMs / packetMs - 1) > 0.05) throw new Error(`${key}: a packet each ${actualMs.toFixed(1)} ms`);
  calling.close();
  called.close();
  return values;
}

async function measure(): Promise<Figure[]> {
  const service = await Service.start({ logs });
  const { wire } = await signInRaw(service.url, "alice", "sidetone");
  const start = async (name: string): Promise<End> => {
    const sound = await SoundServer.start(name, logs);
    return { ...(await startRedirectedHost(wire, { name: `host-${name}`, logs, service: service.url, sound })), sound };
  };
  const ends = [await start("alice"), await start("bob")] as const;

  say("native hosts, packets of 20 ms …");
  const ours20 = await between(ends, "ours_20ms", 20);
  say("native hosts, packets of 10 ms …");
  const ours10 = await between(ends, "ours_10ms", 10);
  say("Chromium …");
  const [mouth, ear] = [ends[0].sound, ends[1].sound];
  const browsers = await browserCall([mouth, ear], logs);
  const chromium = await delays("chromium", mouth, ear, chirps);
  await browsers.end();
  return [
    { key: "ours_20ms", unit: "ms", reach: 60, values: ours20 },
    { key: "ours_10ms", unit: "ms", reach: 50, values: ours10 },
    { key: "chromium", unit: "ms", reach: undefined, values: chromium },
  ];
}

try {
  const figures = await measure();
  console.log(options.json === true ? JSON.stringify(asJson(figures)) : asTable(figures));
} finally {
  await endAll();
}
