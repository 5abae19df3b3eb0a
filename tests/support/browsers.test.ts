// One at a time: its browser takes a processor, and it follows sound.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { after, test } from "node:test";
import { openChromium, openFirefox } from "./browsers.ts";
import { makeRunFolder } from "./paths.ts";
import { atEnd, endAll } from "./processes.ts";
import { SoundServer } from "./pulse.ts";
import { decibels } from "./signal.ts";

const logs = makeRunFolder("browsers");
after(endAll);

/** The microphone goes straight to the loudspeaker, one fifth up in level by nothing: what is heard is what was said. */
const loop = `(async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  const context = new AudioContext();
  context.createMediaStreamSource(stream).connect(context.destination);
  await context.resume();
  return stream.getAudioTracks()[0].label;
})()`;

for (const [name, open] of [
  ["Chromium", openChromium],
  ["Firefox", openFirefox],
] as const) {
  test(`${name} hears its endpoint's microphone and plays to its loudspeaker`, async () => {
    const page = createServer((_request, response) => response.setHeader("content-type", "text/html").end("<title>loop</title>"));
    atEnd(() => void page.close());
    await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
    const sound = await SoundServer.start(name, logs);
    const browser = await open({ name, logs, url: `http://127.0.0.1:${(page.address() as AddressInfo).port}/`, sound: sound.env });
    const player = await sound.hum(440, 0.25);
    assert.match(await browser.evaluate<string>(loop), /Headset_Microphone|Default/);
    const recorder = sound.record();
    await recorder.running();
    const amplitude = await recorder.hears(440, 1);
    assert.ok(Math.abs(decibels(amplitude / 0.25)) < 1, `${amplitude}`);
    assert.equal(await browser.evaluate("1 + 1"), 2);
    await assert.rejects(browser.evaluate("nobody.there"), /nobody/);
    await player.stop();
    await browser.close();
    await sound.stop();
  });
}
