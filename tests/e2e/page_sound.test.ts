// Beside others: it hears whether there is sound and how loud, not whether it breaks off.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { PagePerson } from "../support/page_person.ts";
import { makeRunFolder, makeSocketFolder, pageBuild } from "../support/paths.ts";
import { endAll, until } from "../support/processes.ts";
import { type Recorder, SoundServer } from "../support/pulse.ts";
import { Service } from "../support/service.ts";
import { amplitudeAt, decibels, rms } from "../support/signal.ts";

/** The endpoint's devices outside of calls, from a page in a virtual desktop whose own sound is another. */

const logs = makeRunFolder("page-sound");
const amplitude = 0.25;
let service: Service;
let desktop: SoundServer;
let alice: PagePerson;
let bob: Endpoint;

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n` });
  desktop = await SoundServer.start("desktop", logs);
  alice = await PagePerson.signIn({ service, logs, user: "alice", sound: desktop.env, profile: join(makeSocketFolder(), "profile") });
  [bob] = await Promise.all([makeEndpoint(service, "bob", logs), alice.pairHost()]);
});
after(endAll);

async function section(name: string): Promise<void> {
  await alice.page.keyboard.press("Alt+5");
  await alice.page.getByRole("option", { name }).click();
}
const choose = (list: string, device: string): Promise<void> =>
  alice.page.getByRole("radiogroup", { name: list }).getByRole("radio", { name: device, exact: true }).click();
/** Programs that record from this sound server; its own modules do, too. */
const recording = async (sound: SoundServer): Promise<number> =>
  (await sound.control("list", "short", "source-outputs")).split("\n").filter((line) => line.includes("protocol-native")).length;
/** The weaker of both tones of the ringing in the last tenth of a second. */
const ringing = (recorder: Recorder, pitch = 1): number => Math.min(...[880, 1108.7].map((hertz) => amplitudeAt(recorder.latest(0.1), pitch * hertz)));
const rings = (recorder: Recorder): Promise<true> => until("the ringing", () => (ringing(recorder) > 0.05 ? true : undefined));
/** Of each tone of a ringing at full volume. */
const ringAmplitude = 0.1;
const ringsAt = (recorder: Recorder, volume: number, pitch: number): Promise<true> =>
  until(`ringing at ${volume} and ${pitch} times as high`, () => (Math.abs(decibels(ringing(recorder, pitch) / (volume * ringAmplitude))) < 1 ? true : undefined));
const slide = (slider: string, percent: number): Promise<void> => alice.page.getByRole("slider", { name: slider }).fill(String(percent));

test("a microphone of the endpoint is open for its meter, says so, and is closed with it", async () => {
  const hum = await alice.sound.hum(440, amplitude);
  assert.equal(await recording(alice.sound), 0);
  await section("Sound");
  await alice.text(/^Microphones and speakers of (?!this browser)/).waitFor();
  await alice.button("Test the microphone").click();
  const meter = alice.page.getByRole("meter", { name: "Level of your microphone" });
  await until("the level", async () => (Math.abs(decibels(Number(await meter.getAttribute("aria-valuenow")) / (amplitude / Math.SQRT2))) <= 3 ? true : undefined));
  await alice.text("The microphone is open").waitFor();
  assert.equal(await recording(alice.sound), 1);
  assert.equal(await recording(desktop), 0, "not the desktop's");
  await hum.stop();
  await until("silence", async () => (Number(await meter.getAttribute("aria-valuenow")) < 0.01 ? true : undefined));
  await section("Appearance");
  await until("the microphone to be closed", async () => ((await recording(alice.sound)) === 0 ? true : undefined));
});

test("a tone comes out of the loudspeaker of the endpoint that is chosen", async () => {
  await section("Sound");
  const [atSpeaker, atLaptop, atDesktop] = [alice.sound.record(), alice.sound.record("laptop.monitor"), desktop.record()];
  await alice.button("Play a tone").click();
  await atSpeaker.hears(660);
  await atSpeaker.hearsNothing();
  await choose("Speaker", "Laptop_Speaker");
  await alice.button("Play a tone").click();
  await atLaptop.hears(660);
  await atLaptop.hearsNothing();
  assert.ok(rms(await atDesktop.stop()) < 1e-3, "not of the desktop's");
  await choose("Speaker", "Headset_Speaker");
  await Promise.all([atSpeaker.stop(), atLaptop.stop()]);
});

test("it rings as loud and as high as is wanted", async () => {
  await section("Sound");
  const atSpeaker = alice.sound.record();
  await alice.button("Ring for a second").click();
  await ringsAt(atSpeaker, 1, 1);
  await atSpeaker.hearsNothing(1);
  await slide("Volume of ringing", 50);
  await alice.page.getByRole("tab", { name: "Higher" }).click();
  await alice.button("Ring for a second").click();
  await ringsAt(atSpeaker, 0.5, 1.4);
  assert.ok(ringing(atSpeaker) < ringAmplitude / 20, "the usual pitch is not heard");
  await atSpeaker.stop();
  await slide("Volume of ringing", 100);
  await alice.page.getByRole("tab", { name: "Usual" }).click();
});

test("voices are as loud as is wanted, at once and in the next call", async () => {
  const hum = await bob.sound.hum(440, amplitude);
  const atSpeaker = alice.sound.record();
  const callee = await bob.person.user("alice");
  const loud = (wanted: number): Promise<true> =>
    until(`${wanted} at the loudspeaker`, () => (Math.abs(decibels(amplitudeAt(atSpeaker.latest(0.2), 440) / wanted)) < 1 ? true : undefined));
  for (const before of [amplitude, 0.4 * amplitude]) {
    const call = await bob.person.call(callee);
    await alice.button("Answer").click();
    await bob.person.talks(call);
    await loud(before);
    await section("Sound");
    await slide("Volume of voices", 40);
    await loud(0.4 * amplitude);
    await bob.person.do("hang_up", { call });
    await atSpeaker.hearsNothing();
  }
  await slide("Volume of voices", 100);
  await Promise.all([hum.stop(), atSpeaker.stop()]);
});

test("who wants it has calls answered that have rung twice", async () => {
  const callee = await bob.person.user("alice");
  const answering = alice.page.getByRole("switch", { name: "Answer calls without asking" });
  await section("Sound");
  await answering.press("Space"); // below what is seen
  const call = await bob.person.call(callee);
  await alice.button("Answer").waitFor();
  await bob.person.talks(call);
  await bob.person.do("hang_up", { call });

  const again = await bob.person.call(callee);
  await alice.button("Answer").waitFor();
  await alice.page.reload();
  await bob.person.talks(again);
  await bob.person.do("hang_up", { call: again });
  await section("Sound");
  await answering.press("Space"); // below what is seen
});

test("it rings on the endpoint's device that is to ring, until the call is taken back or the page is gone", async () => {
  await section("Sound");
  await choose("Ringing", "Laptop_Speaker");
  const [atSpeaker, atLaptop, atDesktop] = [alice.sound.record(), alice.sound.record("laptop.monitor"), desktop.record()];
  await alice.button("Ring for a second").click();
  await rings(atLaptop);
  await atLaptop.hearsNothing(1);

  const callee = await bob.person.user("alice");
  const first = await bob.person.call(callee);
  await rings(atLaptop);
  await bob.person.do("hang_up", { call: first });
  await atLaptop.hearsNothing(3); // longer than the pattern is silent
  assert.ok(rms(await atSpeaker.stop()) < 1e-3, "not on the headset");
  assert.ok(rms(await atDesktop.stop()) < 1e-3, "not on the desktop");

  await bob.person.call(callee);
  await rings(atLaptop);
  await alice.chromium.kill();
  await atLaptop.hearsNothing(3);
  await atLaptop.stop();
});
