// One at a time: its browser takes a processor, and it follows sound.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PagePerson } from "../support/page_person.ts";
import { makeRunFolder, makeSocketFolder, pageBuild } from "../support/paths.ts";
import { endAll } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { decibels } from "../support/signal.ts";
import { StallWatch } from "../support/stalls.ts";
import { watchTones } from "../support/unbroken.ts";

/** Two people at two pages, each with a native host: a working day of theirs, what a call outlives, and a third one to whom it is forwarded. */

const logs = makeRunFolder("page-calls");
const amplitude = 0.25;
let service: Service;
let stalls: StallWatch;
let alice: PagePerson;
let bob: PagePerson;
let carol: PagePerson;

before(async () => {
  stalls = await StallWatch.start(logs);
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n` });
  [alice, bob] = await Promise.all([
    PagePerson.signIn({ service, logs, user: "alice", profile: join(makeSocketFolder(), "profile") }),
    PagePerson.signIn({ service, logs, user: "bob" }),
  ]);
});
after(endAll);

/** Frames that the page asks the browser for in each of `seconds` seconds. */
const framesEachSecond = ({ page }: PagePerson, seconds: number): Promise<number[]> =>
  page.evaluate<number[]>(`new Promise((counted) => {
    const real = requestAnimationFrame;
    const frames = Array(${seconds}).fill(0);
    const from = performance.now();
    globalThis.requestAnimationFrame = (then) => (++frames[Math.floor((performance.now() - from) / 1000)], real(then));
    setTimeout(() => counted(((globalThis.requestAnimationFrame = real), frames)), ${1000 * seconds});
  })`);

test("both pair their hosts in the settings", async () => {
  await Promise.all([alice.pairHost(), bob.pairHost()]);
});

test("they see each other, and write to each other", async () => {
  await alice.open("bob");
  await alice.text("Free").waitFor();
  await bob.open("alice");
  await bob.text("Free").waitFor();

  await alice.button("Chat").click();
  await alice.page.getByRole("textbox", { name: "Write to Bob Brown" }).pressSequentially("May I call you?");
  await alice.page.keyboard.press("Enter");
  await bob.page.keyboard.press("Alt+2");
  await bob.page.getByRole("option", { name: /Alice Adams/ }).click();
  await bob.page.getByRole("log").getByRole("listitem", { name: /May I call you\?/ }).waitFor();
  await bob.page.getByRole("textbox", { name: "Write to Alice Adams" }).pressSequentially("Yes");
  await bob.page.keyboard.press("Enter");
  await alice.page.getByRole("log").getByRole("listitem", { name: /Yes/ }).waitFor();
});

test("they talk in both directions; mute is silence for the other one alone; both find the call in their history", async () => {
  await alice.call("bob");
  await bob.answer("Alice Adams");
  await Promise.all([alice.talks(), bob.talks()]);
  const [atAlice, atBob] = [alice.sound.record(), bob.sound.record()];
  const players = [await alice.sound.hum(440, amplitude), await bob.sound.hum(660, amplitude)];
  const heard = await Promise.all([atBob.hears(440, 1), atAlice.hears(660, 1)]);
  for (const found of heard) assert.ok(Math.abs(decibels(found / amplitude)) <= 3, `${decibels(found / amplitude)} dB`);

  for (const [one, atOther, atOne, theirs] of [
    [alice, atBob, atAlice, 660],
    [bob, atAlice, atBob, 440],
  ] as const) {
    await one.button("Mute").click();
    await atOther.hearsNothing();
    await atOne.hears(theirs);
    await one.button("Unmute").click();
    await atOther.hears(theirs === 660 ? 440 : 660);
  }

  // The median: a drop-out moves the levels, and they are drawn.
  const frames = (await framesEachSecond(alice, 7)).sort((one, other) => one - other);
  assert.ok((frames[3] ?? 0) <= 1, `timer, quality and graphs are drawn together, once a second: ${frames}`);

  await bob.hangUp();
  await Promise.all([alice.isFree(), bob.isFree(), atAlice.hearsNothing(), atBob.hearsNothing()]);
  await Promise.all([atAlice.stop(), atBob.stop(), ...players.map((player) => player.stop())]);
  for (const [one, name, kind] of [
    [alice, "Bob Brown", "Dialled call"],
    [bob, "Alice Adams", "Received call"],
  ] as const) {
    await one.page.keyboard.press("Alt+3");
    await one.page.getByRole("option", { name, description: new RegExp(`^${kind}, Today .*0:\\d\\d`) }).waitFor();
    assert.equal(await one.page.getByRole("listbox", { name: "Calls" }).getByRole("option").count(), 1);
  }
});

test("the page is loaded again, and its browser is killed, in a call: the voice goes on, and the new page ends it", async () => {
  await alice.call("bob");
  await bob.answer("Alice Adams");
  await Promise.all([alice.talks(), bob.talks()]);
  const [atAlice, atBob] = [alice.sound.record(), bob.sound.record()];
  const players = [await alice.sound.hum(440, amplitude), await bob.sound.hum(660, amplitude)];
  const assertUnbroken = await watchTones(
    [
      { recorder: atAlice, frequencyHz: 660 },
      { recorder: atBob, frequencyHz: 440 },
    ],
    stalls,
  );

  await alice.page.reload();
  await alice.talks();
  await atBob.listen(1);
  assertUnbroken();

  await alice.chromium.kill();
  await atBob.listen(2);
  await alice.again();
  await alice.talks();
  await atBob.listen(1);
  assertUnbroken();

  await alice.button("Mute").click();
  await atBob.hearsNothing();
  await alice.hangUp();
  await Promise.all([bob.isFree(), atAlice.hearsNothing(), atBob.hearsNothing()]);
  await Promise.all([atAlice.stop(), atBob.stop(), ...players.map((player) => player.stop())]);
});

test("a call that rings is forwarded from its card: the third one answers, and two talk", async () => {
  carol = await PagePerson.signIn({ service, logs, user: "carol" });
  await carol.pairHost();
  await alice.call("bob");
  const card = bob.page.getByRole("dialog", { name: "Call from Alice Adams" });
  await card.getByRole("button", { name: "Forward" }).click();
  await card.getByRole("textbox", { name: "Find a person or dial" }).pressSequentially("caro");
  await card.getByRole("listbox", { name: "Forward to" }).getByRole("option", { name: "Carol Çelik" }).click();
  await card.waitFor({ state: "detached" });
  await alice.text("Forwarded to Carol Çelik").waitFor();
  await carol.page.getByRole("dialog", { name: "Call from Alice Adams" }).getByText("Forwarded by Bob Brown", { exact: true }).waitFor();
  await carol.answer("Alice Adams");
  await Promise.all([alice.talks(), carol.talks()]);

  const [atAlice, atCarol] = [alice.sound.record(), carol.sound.record()];
  const players = [await alice.sound.hum(440, amplitude), await carol.sound.hum(660, amplitude)];
  const heard = await Promise.all([atCarol.hears(440, 1), atAlice.hears(660, 1)]);
  for (const found of heard) assert.ok(Math.abs(decibels(found / amplitude)) <= 3, `${decibels(found / amplitude)} dB`);
  await carol.hangUp();
  await Promise.all([alice.isFree(), carol.isFree()]);
  await Promise.all([atAlice.stop(), atCarol.stop(), ...players.map((player) => player.stop())]);

  for (const [one, name, description] of [
    [alice, "Carol Çelik", /^Dialled call, Today .*0:\d\d/],
    [bob, "Alice Adams", /^Received call, Today .*forwarded/],
    [carol, "Alice Adams", /^Received call, Today .*0:\d\d/],
  ] as const) {
    await one.page.keyboard.press("Alt+3");
    await one.page.getByRole("option", { name, description }).waitFor();
  }
});

test("a call is declined with a message", async () => {
  await alice.call("carol");
  const card = carol.page.getByRole("dialog", { name: "Call from Alice Adams" });
  await card.getByRole("button", { name: "Reply" }).click();
  await card.getByRole("button", { name: "I am in a meeting" }).click();
  await card.waitFor({ state: "detached" });
  await alice.text("Carol Çelik declined").waitFor();
  await alice.page.keyboard.press("Alt+2");
  await alice.page.getByRole("option", { name: /Carol Çelik/ }).click();
  await alice.page.getByRole("log").getByRole("listitem", { name: /I am in a meeting/ }).waitFor();
});
