// One at a time: its browser takes a processor, and it follows sound.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openChromium } from "../support/browsers.ts";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { makeRunFolder, pageBuild, webBuild } from "../support/paths.ts";
import { PagePerson } from "../support/page_person.ts";
import { type Person, type Stat } from "../support/person.ts";
import { endAll, until } from "../support/processes.ts";
import { type Recorder, SoundServer } from "../support/pulse.ts";
import { Service } from "../support/service.ts";
import { amplitudeAt } from "../support/signal.ts";

/** Keys of the telephone (RFC 4733) from native hosts to native hosts, from and to Chromium's own WebRTC, and from the page's pad. */

const logs = makeRunFolder("keys");
let service: Service;
let alice: Endpoint;
let bob: Endpoint;

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n` });
  [alice, bob] = await Promise.all([makeEndpoint(service, "alice", logs), makeEndpoint(service, "bob", logs)]);
});
after(endAll);

/** ITU-T Q.23 */
const frequencies = (key: string): [number, number] => {
  const at = "123A456B789C*0#D".indexOf(key);
  return [[697, 770, 852, 941][at >> 2] ?? 0, [1209, 1336, 1477, 1633][at & 3] ?? 0];
};
/** Resolves when a tenth of a second holds the two tones of a key and little else. */
const sounds = (recorder: Recorder, key: string): Promise<true> =>
  until(`the tones of ${key}`, () => {
    const latest = recorder.latest(0.1);
    const [low, high] = frequencies(key).map((hertz) => amplitudeAt(latest, hertz)) as [number, number];
    const others = [697, 770, 852, 941, 1209, 1336, 1477, 1633].filter((hertz) => !frequencies(key).includes(hertz));
    return Math.min(low, high) > 0.01 && Math.max(low, high) < 0.5 && others.every((hertz) => amplitudeAt(latest, hertz) < Math.min(low, high) / 4) ? true : undefined;
  });

/** All keys of one direction that a person's client tells of, up to the one that stands for the end. */
async function keysAt(person: Person, count: number, sent: boolean): Promise<{ key: string; durationMs: number | undefined }[]> {
  const found = (): { key: string; durationMs: number | undefined }[] =>
    person.program.lines.flatMap((line) => {
      const event = JSON.parse(line) as { event?: string; key?: string; sent?: boolean; durationMs?: number };
      return event.event === "key" && event.sent === sent ? [{ key: event.key ?? "", durationMs: event.durationMs }] : [];
    });
  return until(`${count} keys`, () => (found().length >= count ? found() : undefined));
}
const named = (keys: readonly { key: string }[]): string => keys.map(({ key }) => key || ".").join("");
const inbound = (stats: readonly Stat[]): Stat => {
  const found = stats.find((one) => one.type === "inbound-rtp");
  assert.ok(found);
  return found;
};

test("from a native host to another: each key once, as long as it was pressed, and no loss", async () => {
  const call = await alice.person.call(bob.user);
  await bob.person.do("answer", { call: await bob.person.rings() });
  await Promise.all([alice.person.talks(call), bob.person.talks(call)]);
  const recorder = bob.sound.record();
  await alice.person.do("press", { call, keys: "159*" });
  await keysAt(alice.person, 1, true);
  await alice.person.do("press", { call, keys: "0#AD", duration_ms: 60, gap_ms: 40 }); // behind the ones that wait
  assert.equal(named(await keysAt(alice.person, 9, true)), "159*0#AD.");
  const heard = await keysAt(bob.person, 8, false);
  assert.equal(named(heard), "159*0#AD");
  // The second order's length is that of all keys that had not begun.
  assert.equal(heard[0]?.durationMs, 100);
  assert.deepEqual(new Set(heard.slice(2).map(({ durationMs }) => durationMs)), new Set([60]));

  await alice.person.do("press", { call, keys: "6", duration_ms: 3000 });
  await sounds(recorder, "6");
  assert.deepEqual((await keysAt(bob.person, 9, false)).at(-1), { key: "6", durationMs: 3000 });
  await recorder.hearsNothing();
  assert.equal(inbound(await bob.person.stats(call))["packetsLost"], 0);
  await assert.rejects(alice.person.do("press", { call, keys: "1x" }), /is not of 0 to 9/);
  await alice.person.do("hang_up", { call });
  await bob.person.ended(call);
  await recorder.stop();
});

test("from Chromium to a native host, and back: its own tones are heard of ours", async () => {
  const sound = await SoundServer.start("chromium", logs);
  const web = await Service.start({ logs: join(logs, "web"), config: `[server]\nweb_root = ${webBuild}\n` });
  const dave = await makeEndpoint(web, "dave", logs);
  const chromium = await openChromium({ name: "chromium", logs, url: `${web.url}/call_test.html`, sound: sound.env });
  await chromium.evaluate("new Promise((done) => { const look = () => window.sidetone ? done(true) : setTimeout(look, 20); look(); })");
  await chromium.evaluate('sidetone.signIn("carol", "sidetone")');
  const call = await chromium.evaluate<string>('sidetone.call("dave")');
  await dave.person.rings();
  await dave.person.do("answer", { call });
  await dave.person.talks(call);
  await until("the voice", async () => (Number(inbound(await dave.person.stats(call))["packetsReceived"]) > 50 ? true : undefined));

  await chromium.evaluate(`sidetone.client.pressKeys("${call}", "147*0#D", 120, 80)`);
  const heard = await keysAt(dave.person, 7, false);
  assert.equal(named(heard), "147*0#D");
  for (const { key, durationMs } of heard) assert.ok(Math.abs((durationMs ?? 0) - 120) <= 20, `${key} for ${durationMs} ms`);
  assert.equal(inbound(await dave.person.stats(call))["packetsLost"], 0);

  const recorder = sound.record();
  for (const key of ["2", "D"]) {
    await dave.person.do("press", { call, keys: key, duration_ms: 2000 });
    await sounds(recorder, key);
    await recorder.hearsNothing();
  }
  await chromium.evaluate(`sidetone.hangUp("${call}")`);
  await dave.person.ended(call);
  await recorder.stop();
  await chromium.close();
});

test("from the page's pad, by mouse and by key, faster than a key sounds", async () => {
  const carol = await PagePerson.signIn({ service, logs, user: "carol" });
  await carol.pairHost();
  await carol.call("Bob");
  await bob.person.do("answer", { call: await bob.person.rings() });
  await carol.talks();
  const before = (await keysAt(bob.person, 0, false)).length;
  await carol.page.keyboard.press("Control+Shift+D");
  const pad = carol.page.getByRole("group", { name: "Dial pad" });
  for (const name of ["1", "2 ABC", "3 DEF", "Hash"]) await pad.getByRole("button", { name, exact: true }).click();
  await pad.getByRole("button", { name: "8 TUV", exact: true }).press("Enter");
  await carol.page.getByText("123#8", { exact: true }).first().waitFor();
  const heard = (await keysAt(bob.person, before + 5, false)).slice(before);
  assert.equal(named(heard), "123#8");
  for (const { durationMs } of heard) assert.equal(durationMs, 100);
  await carol.hangUp();
});
