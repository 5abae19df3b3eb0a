import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { makeRunFolder } from "../support/paths.ts";
import { Person } from "../support/person.ts";
import { endAll } from "../support/processes.ts";
import { type Recorder } from "../support/pulse.ts";
import { Service } from "../support/service.ts";
import { StallWatch } from "../support/stalls.ts";
import { watchTones } from "../support/unbroken.ts";
import { Refused } from "../support/wire.ts";

/** kill -9 of a client and of the service in the middle of a call. */

const logs = makeRunFolder("survive");
let service: Service;
let alice: Endpoint;
let bob: Endpoint;
let stalls: StallWatch;

before(async () => {
  stalls = await StallWatch.start(logs);
  service = await Service.start({ logs });
  [alice, bob] = await Promise.all([makeEndpoint(service, "alice", logs), makeEndpoint(service, "bob", logs)]);
});
after(endAll);

async function talk(from: Endpoint, to: Endpoint): Promise<string> {
  const call = await from.person.call(to.user);
  await to.person.rings();
  await to.person.do("answer", { call });
  await Promise.all([from.person.talks(call), to.person.talks(call)]);
  return call;
}

/** Both hear the other's tone from here on. @returns asserts that it had no drop-out since. */
function bothHear(atAlice: Recorder, atBob: Recorder): Promise<() => void> {
  return watchTones(
    [
      { recorder: atAlice, frequencyHz: 660 },
      { recorder: atBob, frequencyHz: 440 },
    ],
    stalls,
  );
}

test("a client is killed: the voice goes on, and a new client takes the call up and ends it", async () => {
  const call = await talk(alice, bob);
  const [atAlice, atBob] = [alice.sound.record(), bob.sound.record()];
  const players = [await alice.sound.hum(440, 0.25), await bob.sound.hum(660, 0.25)];
  const assertUnbroken = await bothHear(atAlice, atBob);

  alice.person.program.kill();
  await alice.person.program.exited;
  await atBob.listen(2);

  // It has lost its device, so the next client that signs in takes it up by itself.
  const another = await Person.signIn({ name: "alice-new", logs, service: service.url }, "alice");
  await another.talks(call);
  // Where it is in good hands, it stays; when those are gone too, another client that is there already may have it.
  const third = await Person.signIn({ name: "alice-third", logs, service: service.url }, "alice");
  await third.reaches(call, "elsewhere");
  await assert.rejects(third.do("take_up", { call }), (error) => error instanceof Refused && error.code === "conflict");
  another.program.kill();
  await third.when("the call let go", (view) =>
    view.calls?.some((one) => one.call === call && one.phase !== "elsewhere")
      ? true
      : third.do("take_up", { call }).then(
          () => true as const,
          () => undefined,
        ),
  );
  await third.talks(call);
  await atBob.listen(1);
  assertUnbroken();

  // A microphone that is off stays so for the next client, which shows it.
  await third.do("mute", { call, muted: true });
  await atBob.hearsNothing();
  third.program.kill();
  const fourth = await Person.signIn({ name: "alice-fourth", logs, service: service.url }, "alice");
  assert.equal((await fourth.talks(call)).muted, true);
  await atBob.hearsNothing();
  await fourth.do("mute", { call, muted: false });
  await atBob.hears(440);

  await fourth.do("hang_up", { call });
  assert.equal(await bob.person.ended(call), "hung_up");
  await Promise.all([atAlice.hearsNothing(), atBob.hearsNothing()]);
  await fourth.when("the record", (view) => view.history?.find((record) => record.kind === "dialled" && record.duration_s >= 3));
  await Promise.all([atAlice.stop(), atBob.stop(), ...players.map((player) => player.stop())]);
  await fourth.do("sign_out");
  await fourth.quit();
  alice.person = await alice.person.again();
});

test("the service is killed: the voice goes on, the clients come back, and no acknowledged message is lost or doubled", async () => {
  const call = await talk(bob, alice);
  const [atAlice, atBob] = [alice.sound.record(), bob.sound.record()];
  const players = [await alice.sound.hum(440, 0.25), await bob.sound.hum(660, 0.25)];
  const assertUnbroken = await bothHear(atAlice, atBob);

  // Ten messages are under way at any time; the service dies after the fortieth has been acknowledged.
  const texts = Array.from({ length: 120 }, (_, i) => `message ${i + 1}`);
  const acknowledged = new Map<string, number>();
  let killed = false;
  let next = 0;
  const restarted = new Promise<Service>((resolve, reject) => {
    const writer = async (): Promise<void> => {
      while (next < texts.length) {
        const text = texts[next++] ?? "";
        acknowledged.set(text, await alice.person.chat(bob.user, text));
        if (acknowledged.size < 40 || killed) continue;
        killed = true;
        service.program.kill();
        service.program.exited.then(() => service.again()).then(resolve, reject);
      }
    };
    void Promise.all(Array.from({ length: 10 }, writer)).catch(reject);
  });
  service = await restarted;
  await alice.person.when("every acknowledgement", () => (acknowledged.size === texts.length ? true : undefined));
  await Promise.all([alice.person.online(), bob.person.online()]);
  assertUnbroken();

  await bob.person.message(alice.user, texts.at(-1) ?? "");
  const seen = (await bob.person.messages(alice.user)).filter((message) => message.sender === alice.user);
  assert.deepEqual(seen.map((message) => message.text).sort(), [...texts].sort());
  for (const message of seen) assert.equal(message.number, acknowledged.get(message.text), message.text);
  // What the service has kept, by a client that has kept nothing: all of it, once, in the acknowledged places.
  const fresh = await Person.signIn({ name: "bob-fresh", logs, service: service.url, way: "none" }, "bob");
  const { conversation } = await fresh.do<{ conversation: number }>("open", { with: alice.user });
  const newest = await fresh.when("the newest messages", async () => {
    const messages = await fresh.messages(alice.user);
    return messages.length > 0 ? messages.length : undefined;
  });
  assert.ok(newest < texts.length, "one page holds them all");
  while ((await fresh.do<{ added: number }>("older", { conversation })).added > 0);
  const stored = await fresh.messages(alice.user);
  assert.deepEqual(new Map(stored.map((message) => [message.text, message.number])), acknowledged);
  assert.deepEqual(
    stored.map((message) => message.number),
    texts.map((_, i) => i + 1),
  );

  // The call is still one: either side can end it, and it stands in the history once.
  await Promise.all([alice.person.reaches(call, "in_call"), bob.person.reaches(call, "in_call")]);
  await alice.person.do("hang_up", { call });
  assert.equal(await bob.person.ended(call), "hung_up");
  await Promise.all([atAlice.hearsNothing(), atBob.hearsNothing()]);
  const ended = await bob.person.when("the record", (view) =>
    view.history?.filter((record) => record.kind === "dialled" && record.other === alice.user),
  );
  assert.equal(ended.length, 1);
  await Promise.all([atAlice.stop(), atBob.stop(), ...players.map((player) => player.stop())]);
});
