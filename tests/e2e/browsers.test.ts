// Beside others: it hears whether there is sound and how loud, not whether it breaks off.
import { type Call } from "#client";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type BrowserOptions, openChromium, openFirefox, type Page } from "../support/browsers.ts";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { losePackets } from "../support/loss.ts";
import { makeRunFolder, webBuild } from "../support/paths.ts";
import { pathOf, type Stat } from "../support/person.ts";
import { endAll, until } from "../support/processes.ts";
import { SoundServer } from "../support/pulse.ts";
import { Service } from "../support/service.ts";
import { decibels } from "../support/signal.ts";

/** Calls between a native host and a browser's own WebRTC (web/pages/call_test.html), in both DTLS roles. */

const logs = makeRunFolder("browsers-call");
const amplitude = 0.25;
let service: Service;
let alice: Endpoint;

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${webBuild}\n` });
  alice = await makeEndpoint(service, "alice", logs);
});
after(endAll);

/** Somebody whose client is a page in a browser. */
class Guest {
  private constructor(
    readonly page: Page,
    readonly sound: SoundServer,
    readonly user: number,
  ) {}

  static async open(
    browser: (options: BrowserOptions) => Promise<Page>,
    name: string,
    user: string,
    options: Partial<BrowserOptions> = {},
  ): Promise<Guest> {
    const sound = await SoundServer.start(name, logs);
    const page = await browser({ name, logs, url: `${service.url}/call_test.html`, sound: sound.env, ...options });
    await page.evaluate("new Promise((done) => { const look = () => window.sidetone ? done(true) : setTimeout(look, 20); look(); })");
    await page.evaluate(`sidetone.signIn("${user}", "sidetone")`);
    return new Guest(page, sound, (await page.evaluate<{ user: number }>("({ user: sidetone.view().user })")).user);
  }

  until(call: string, phase: string): Promise<Call> {
    return this.page.evaluate(`sidetone.until("${call}", "${phase}", 20000)`);
  }
  stats(call: string): Promise<Stat[]> {
    return this.page.evaluate(`sidetone.stats("${call}")`);
  }
  async close(): Promise<void> {
    await this.page.close();
    await this.sound.stop();
  }
}

/** Both hear each other's tone at its level, and each has proved who it is. */
async function assertTalk(guest: Guest, call: string): Promise<void> {
  await Promise.all([alice.person.talks(call), guest.until(call, "in_call")]);
  assert.equal(await guest.page.evaluate(`sidetone.identity("${call}", 20000)`), "proven");
  const [atAlice, atGuest] = [alice.sound.record(), guest.sound.record()];
  const players = [await alice.sound.hum(440, amplitude), await guest.sound.hum(660, amplitude)];
  const [fromAlice, fromGuest] = await Promise.all([atGuest.hears(440, 1), atAlice.hears(660, 1)]);
  assert.ok(Math.abs(decibels(fromAlice / amplitude)) <= 3, `browser hears ${decibels(fromAlice / amplitude)} dB`);
  assert.ok(Math.abs(decibels(fromGuest / amplitude)) <= 3, `host hears ${decibels(fromGuest / amplitude)} dB`);
  await Promise.all([atAlice.stop(), atGuest.stop(), ...players.map((player) => player.stop())]);
}

/** The role that each end has by its own account. @returns the browser's. */
async function dtlsRoles(guest: Guest, call: string): Promise<unknown> {
  const [browser, host] = [pathOf(await guest.stats(call)).transport["dtlsRole"], pathOf(await alice.person.stats(call)).transport["dtlsRole"]];
  assert.deepEqual(new Set([browser, host]), new Set(["client", "server"]));
  return browser;
}

for (const [name, open, user] of [
  ["Chromium", openChromium, "bob"],
  ["Firefox", openFirefox, "carol"],
] as const) {
  test(`${name} calls a native host, which is the DTLS client; the host's client hangs up`, async () => {
    const guest = await Guest.open(open, `${name}-caller`, user);
    const call = await guest.page.evaluate<string>('sidetone.call("alice")');
    await alice.person.rings();
    await alice.person.do("answer", { call });
    await assertTalk(guest, call);
    // Firefox does not tell its role; the host does.
    if (name === "Chromium") assert.equal(await dtlsRoles(guest, call), "server");
    else assert.equal(pathOf(await alice.person.stats(call)).transport["dtlsRole"], "client");
    await alice.person.do("hang_up", { call });
    assert.equal((await guest.until(call, "ended")).reason, "hung_up");
    await guest.close();
  });

  test(`${name} is called by a native host, and is the DTLS client; the page hangs up`, async () => {
    const guest = await Guest.open(open, `${name}-callee`, user);
    const call = await alice.person.call(guest.user);
    assert.equal(await guest.page.evaluate("sidetone.answer()"), call);
    await assertTalk(guest, call);
    if (name === "Chromium") assert.equal(await dtlsRoles(guest, call), "client");
    else assert.equal(pathOf(await alice.person.stats(call)).transport["dtlsRole"], "server");
    await guest.page.evaluate(`sidetone.hangUp("${call}")`);
    assert.equal(await alice.person.ended(call), "hung_up");
    await guest.close();
  });
}

/** A page that may not record hides its addresses behind mDNS names; this one sends an oscillator instead. */
const oscillator = `navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const [source, gain, sink] = [context.createOscillator(), context.createGain(), context.createMediaStreamDestination()];
  source.frequency.value = 660;
  gain.gain.value = ${amplitude};
  source.connect(gain).connect(sink);
  source.start();
  await context.resume();
  return sink.stream;
}, true`;

test("Chromium hides its addresses behind mDNS names, and is reached all the same", async () => {
  const guest = await Guest.open(openChromium, "Chromium-mdns", "dave", { mdns: true });
  await guest.page.evaluate(oscillator);
  const call = await alice.person.call(guest.user);
  assert.equal(await guest.page.evaluate("sidetone.answer()"), call);
  await Promise.all([alice.person.talks(call), guest.until(call, "in_call")]);
  const recorder = alice.sound.record();
  assert.ok(Math.abs(decibels((await recorder.hears(660, 1)) / amplitude)) <= 3);
  const { local } = await guest.page.evaluate<{ local: string }>(`sidetone.description("${call}")`);
  const addresses = [...local.matchAll(/^a=candidate:\S+ \d udp \d+ (\S+) /gm)].map((match) => match[1] ?? "");
  assert.ok(addresses.length > 0 && addresses.every((address) => address.endsWith(".local")), addresses.join(" "));
  await recorder.stop();
  await guest.page.evaluate(`sidetone.hangUp("${call}")`);
  await alice.person.ended(call);
  await guest.close();
});

/**
 * A page that wants redundant audio (RFC 2198): Chromium sends it where it comes before the codec that it copies. Its
 * jitter buffer learns from the delays of the packets, not from those of the copies: on a network as even as this one it
 * may play before a copy has come, so it is told to wait for copies of two packets.
 */
const redFirst = `(() => {
  const { addTrack } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.addTrack = function (...track) {
    const sender = addTrack.apply(this, track);
    const { codecs } = RTCRtpReceiver.getCapabilities("audio");
    const isRed = (codec) => codec.mimeType === "audio/red";
    const transceiver = this.getTransceivers().find((one) => one.sender === sender);
    transceiver.setCodecPreferences([...codecs.filter(isRed), ...codecs.filter((one) => !isRed(one))]);
    transceiver.receiver.jitterBufferTarget = 100;
    return sender;
  };
  return true;
})()`;

test("redundant audio goes both ways between Chromium and a native host, and what is lost is heard all the same", async () => {
  const guest = await Guest.open(openChromium, "Chromium-red", "erin");
  await guest.page.evaluate(redFirst);
  const call = await guest.page.evaluate<string>('sidetone.call("alice")');
  await alice.person.rings();
  await alice.person.do("answer", { call });
  await Promise.all([alice.person.talks(call), guest.until(call, "in_call")]);
  const streams = async (): Promise<{ host: Stat[]; browser: Stat[] }> => ({ host: await alice.person.stats(call), browser: await guest.stats(call) });
  const figure = (stats: readonly Stat[], type: string, name: string): number => Number(stats.find((stat) => stat.type === type)?.[name] ?? 0);

  // Chromium sends its copies whatever is lost; the host sends none while nothing is.
  await until("copies from Chromium at the host", async () => figure((await streams()).host, "inbound-rtp", "fecPacketsReceived") > 100 || undefined);
  assert.equal(figure((await streams()).host, "outbound-rtp", "redundantPacketsSent"), 0);

  const stop = await losePackets(Number(pathOf(await guest.stats(call)).local["port"]), 8, logs);
  // Chromium counts copies that it does not need as packets discarded, and as nothing else.
  const discarded = figure((await streams()).browser, "inbound-rtp", "packetsDiscarded");
  await until("copies from the host at Chromium", async () => {
    const { host, browser } = await streams();
    const unneeded = figure(browser, "inbound-rtp", "packetsDiscarded") - discarded;
    return (figure(host, "outbound-rtp", "redundantPacketsSent") > 200 && unneeded > 100) || undefined;
  });
  await assertTalk(guest, call);
  const before = (await streams()).browser;
  const grown = await until("packets that Chromium lost", async () => {
    const now = (await streams()).browser;
    const since = (name: string): number => figure(now, "inbound-rtp", name) - figure(before, "inbound-rtp", name);
    return since("packetsLost") >= 30 ? since : undefined;
  });
  const concealed = grown("concealedSamples") / grown("totalSamplesReceived");
  assert.ok(concealed < 0.02, `${(100 * concealed).toFixed(1)} % made up, where 12.5 % of the packets are lost`);
  await stop();
  await guest.page.evaluate(`sidetone.hangUp("${call}")`);
  await alice.person.ended(call);
  await guest.close();
});
