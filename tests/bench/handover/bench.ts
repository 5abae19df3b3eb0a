import { parseArgs } from "node:util";
import { type Endpoint } from "../../support/endpoints.ts";
import { asJson, asTable, type Figure } from "../../support/figures.ts";
import { makeRunFolder } from "../../support/paths.ts";
import { endAll } from "../../support/processes.ts";
import { type Recorder } from "../../support/pulse.ts";
import { type Interface, Roaming } from "../../support/roaming.ts";
import { StallWatch } from "../../support/stalls.ts";

/** npm run bench -- handover [--json]: how long the far end hears nothing when the network of a call breaks. See README.md beside this file. */

const { values: options } = parseArgs({ options: { json: { type: "boolean" } } });
const trials = 7;
const toneHz = 440;
const logs = makeRunFolder("bench-handover");
const say = (text: string): void => {
  if (options.json !== true) process.stderr.write(`${text}\n`);
};

interface Rig {
  roaming: Roaming;
  stalls: StallWatch;
  alice: Endpoint;
  bob: Endpoint;
  atBob: Recorder;
}

/** One call, one event in it. @returns ms of silence at the far end's loudspeaker. */
async function trial(rig: Rig, breakIt: (carrier: Interface) => Promise<unknown>, repair: (carrier: Interface) => Promise<unknown>): Promise<number> {
  const { roaming, stalls, alice, bob, atBob } = rig;
  const { measured } = await stalls.undisturbed(async () => {
    const call = await alice.person.call(bob.user);
    await Promise.all([alice.person.talks(call), bob.person.talks(call)]);
    await atBob.hears(toneHz, 0.5);
    const carrier = await roaming.carrier(alice, call);
    const from = atBob.seconds;
    await breakIt(carrier);
    await atBob.listen(1.5);
    await atBob.hears(toneHz);
    const found = atBob.follow(toneHz, atBob.seconds - from);
    await repair(carrier);
    await bob.person.do("hang_up", { call });
    await Promise.all([alice.person.ended(call), bob.person.ended(call)]);
    await atBob.hearsNothing();
    if (found === undefined) throw new Error(`${toneHz} Hz was not heard`);
    return found.longestGapMs;
  });
  return measured;
}

async function measure(): Promise<Figure[]> {
  const stalls = await StallWatch.start(logs);
  const roaming = await Roaming.start();
  const { alice, bob } = await roaming.people(logs);
  const atBob = bob.sound.record();
  await Promise.all([alice.sound.hum(toneHz, 0.25), bob.sound.hum(660, 0.25)]);
  const rig: Rig = { roaming, stalls, alice, bob, atBob };
  const many = async (what: string, ...events: [(carrier: Interface) => Promise<unknown>, (carrier: Interface) => Promise<unknown>]): Promise<number[]> => {
    say(`${what}, ${trials} calls …`);
    const values: number[] = [];
    for (let i = 0; i < trials; i++) values.push(await trial(rig, ...events));
    return values;
  };

  await roaming.down("wwan0");
  const renumber = await many(
    "the only interface gets another address",
    () => roaming.renumber(),
    // The client's connection to the service, which is none of a page's here, gets its address back.
    () => roaming.renumber(),
  );
  await roaming.up("wwan0");
  const linkDown = await many(
    "the interface goes down",
    (carrier) => roaming.down(carrier),
    (carrier) => roaming.up(carrier),
  );
  const blackhole = await many(
    "the interface swallows everything",
    (carrier) => roaming.swallow(carrier),
    () => roaming.passAgain(),
  );
  return [
    { key: "link_down_ms", unit: "ms", reach: 500, values: linkDown },
    { key: "renumber_ms", unit: "ms", reach: 500, values: renumber },
    { key: "blackhole_ms", unit: "ms", reach: 500, values: blackhole },
  ];
}

try {
  const figures = await measure();
  console.log(options.json === true ? JSON.stringify(asJson(figures)) : asTable(figures));
} finally {
  await endAll();
}
