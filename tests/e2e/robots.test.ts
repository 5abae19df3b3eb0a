import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { Host } from "../support/host.ts";
import { makeRunFolder } from "../support/paths.ts";
import { endAll, until } from "../support/processes.ts";
import { type Recorder } from "../support/pulse.ts";
import { Service } from "../support/service.ts";
import { decibels, findPattern, chirp, rms } from "../support/signal.ts";

/** Echo and Music: a native host without devices, under the service's control. */

const logs = makeRunFolder("robots");
let service: Service;
let alice: Endpoint;
let recorder: Recorder;

before(async () => {
  service = await Service.start({ logs });
  const robots = new Host({
    name: "host-robots",
    logs,
    service: service.url,
    arguments: ["--no-loopback", "--credential", join(service.data, "robot-host.json")],
  });
  await robots.signedIn();
  alice = await makeEndpoint(service, "alice", logs);
  recorder = alice.sound.record();
  await recorder.running();
});
after(endAll);

test("Echo says back a second later what it hears, at the same level", async () => {
  const call = await alice.person.call(await alice.person.user("echo"));
  await alice.person.talks(call);
  const pattern = chirp(500, 2500, 0.2, 0.4);
  const mouth = alice.sound.record("microphone");
  await mouth.running();
  await mouth.listen(0.3);
  const said = alice.sound.speak(pattern);
  await said.done;
  await recorder.listen(2.5);
  const [spoken, heard] = [findPattern(mouth.samples(), pattern), findPattern(recorder.latest(4), pattern)];
  assert.ok(spoken.correlation > 0.9, `said: ${spoken.correlation}`);
  assert.ok(heard.correlation > 0.5, `heard: ${heard.correlation}`);
  const total = recorder.samples();
  const at = total.length - recorder.latest(4).length + heard.offset;
  const delay = recorder.timeOf(at) - mouth.timeOf(spoken.offset);
  assert.ok(delay > 1000 && delay < 1400, `${delay} ms`);
  const level = decibels(rms(total.subarray(at + 1000, at + pattern.length - 1000)) / rms(pattern));
  assert.ok(Math.abs(level) <= 3, `${level} dB`);
  await mouth.stop();
  await alice.person.do("hang_up", { call });
  assert.equal(await alice.person.ended(call), "hung_up");
});

test("Music plays", async () => {
  await recorder.hearsNothing();
  const call = await alice.person.call(await alice.person.user("music"));
  await alice.person.talks(call);
  await until("music", () => (rms(recorder.latest(1)) > 0.01 ? true : undefined));
  await alice.person.do("hang_up", { call });
  await recorder.hearsNothing();
});

test("Echo answers a chat message", async () => {
  const echo = await alice.person.user("echo");
  await alice.person.chat(echo, "Is anybody there? 🦜");
  await alice.person.when("an answer", (view) =>
    view.conversations
      ?.find((conversation) => conversation.with === echo)
      ?.messages?.find((message) => message.sender === echo && message.text.includes("Is anybody there? 🦜")),
  );
});
