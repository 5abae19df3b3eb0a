import assert from "node:assert/strict";
import { after, test } from "node:test";
import { makeRunFolder } from "./paths.ts";
import { endAll } from "./processes.ts";
import { SoundServer } from "./pulse.ts";
import { chirp, decibels, findPattern, followTone, median } from "./signal.ts";

const logs = makeRunFolder("pulse");
after(endAll);

test("what is said into the microphone is heard there, steady and with its level", async () => {
  const sound = await SoundServer.start("rig", logs);
  const recorder = sound.record("microphone");
  await recorder.running();
  const player = await sound.hum(440, 0.25);
  await recorder.hears(440);
  await recorder.listen(1);
  await player.stop();
  const found = followTone(await recorder.stop(), 440);
  assert.ok(found !== undefined && found.end - found.start > 48_000, JSON.stringify(found));
  assert.ok(Math.abs(decibels(found.amplitude / 0.25)) < 0.5);
  assert.equal(found.longestGapMs, 0);
  await sound.stop();
});

test("two recorders on two servers agree on the time to 3 ms", async () => {
  const sound = await SoundServer.start("clock", logs);
  const [a, b] = [sound.record("feed.monitor"), sound.record("feed.monitor")];
  await Promise.all([a.running(), b.running()]);
  await a.listen(1);
  const pattern = chirp(600, 3000, 0.02, 0.5);
  const differences: number[] = [];
  for (let i = 0; i < 3; i++) {
    const from = a.seconds;
    await sound.speak(pattern).done;
    await Promise.all([a.listen(0.1), b.listen(0.1)]);
    const start = Math.round(from * 48_000);
    const [inA, inB] = [findPattern(a.samples(), pattern, start), findPattern(b.samples(), pattern, b.sampleAt(a.timeOf(start)))];
    assert.ok(inA.correlation > 0.9 && inB.correlation > 0.9);
    differences.push(a.timeOf(inA.offset) - b.timeOf(inB.offset));
  }
  assert.ok(Math.abs(median(differences)) < 3, differences.join(" "));
  await sound.stop();
});

test("a microphone can be pulled out and put back", async () => {
  const sound = await SoundServer.start("plug", logs);
  const names = async (): Promise<string> => await sound.control("list", "short", "sources");
  assert.match(await names(), /\tmicrophone\t/);
  await sound.unplugMicrophone();
  assert.doesNotMatch(await names(), /\tmicrophone\t/);
  await sound.plugMicrophone();
  assert.match(await names(), /\tmicrophone\t/);
  await sound.stop();
});
