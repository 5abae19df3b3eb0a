// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeRunFolder } from "../support/paths.ts";
import { Person } from "../support/person.ts";
import { endAll, until, within } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { type AnyFrame, Refused, signInRaw, Wire } from "../support/wire.ts";

/** What a client may send that it must not: each is answered by a clear error and counted, nothing changes, and nobody else notices. */

const logs = makeRunFolder("hostile");
const call = "a-call-of-carol-and-dave";
let service: Service;
let carol: Person;
let dave: Person;
let carolNumber: number;
let daveNumber: number;
let conversation: number;
/** One more device of each, to see what the service holds of them. */
let eyes: Wire[];

const message = (t: string, fields: object = {}): { t: string } => ({ t, ...fields });

before(async () => {
  service = await Service.start({ logs });
  carol = await Person.signIn({ name: "carol", logs, service: service.url, way: "none" }, "carol");
  dave = await Person.signIn({ name: "dave", logs, service: service.url, way: "none" }, "dave");
  [carolNumber, daveNumber] = [await dave.user("carol"), await carol.user("dave")];
  const [ofCarol, ofDave] = await Promise.all(["carol", "dave"].map((user) => signInRaw(service.url, user, "sidetone")));
  assert.ok(ofCarol && ofDave);
  eyes = [ofCarol.wire, ofDave.wire];
  // What there is to be spoilt: a conversation, a call that has been, and one that goes on.
  await othersAreWell();
  for (const id of ["an-earlier-call", call]) {
    await ofCarol.wire.ask(message("call_invite", { c: id, u: daveNumber, o: "v=0\r\n" }));
    await ofDave.wire.ask(message("call_answer", { c: id, o: "v=0\r\n" }));
    if (id !== call) await ofCarol.wire.ask(message("call_hang_up", { c: id }));
  }
  conversation = (await carol.view()).conversations?.find((one) => one.with === daveNumber)?.conversation ?? 0;
  assert.ok(conversation > 0);
  for (const person of [carol, dave]) await person.when("the lamp", (view) => view.presence?.find((one) => one.lamp === "call"));
});
after(endAll);

/** Somebody else's chat works, and their connection is the one that they have had all along. */
async function othersAreWell(): Promise<void> {
  const text = `still here ${Math.random()}`;
  await carol.chat(daveNumber, text);
  await dave.message(carolNumber, text, "received");
  await carol.message(daveNumber, text, "delivered");
  for (const person of [carol, dave]) {
    const { counters } = await person.view();
    assert.deepEqual([counters["resumptions"] ?? 0, counters["malformed_frames"] ?? 0, counters["sequence_gaps"] ?? 0], [0, 0, 0]);
  }
}

/** Conversations, messages, calls, history and devices of the others, as the service has them and as their clients do. */
async function stateOfOthers(): Promise<unknown> {
  const stored = await Promise.all(
    eyes.map((wire) =>
      Promise.all(
        [
          message("conversation_list", { o: 0 }),
          message("chat_history", { c: conversation, l: 100 }),
          message("call_list"),
          message("history_sync", { v: 0 }),
          message("device_list"),
        ].map(async (request) => ({ ...(await wire.ask(request)), r: 0, s: 0 })),
      ),
    ),
  );
  const seen = (await Promise.all([carol.view(), dave.view()])).map(({ conversations, calls, history, presence }) => ({ conversations, calls, history, presence }));
  return { stored, seen };
}

/** By how much every counter of /health has risen that has: nobody else does anything meanwhile. */
async function risen(since: Record<string, number>): Promise<Record<string, number>> {
  const now = Object.entries(await service.health());
  return Object.fromEntries(now.map(([name, count]) => [name, count - (since[name] ?? 0)] as const).filter(([, rise]) => rise !== 0));
}

/** A test after which the others have what they had before it, and are well. */
function hostile(name: string, action: () => Promise<void>): void {
  test(name, async () => {
    const state = await stateOfOthers();
    await action();
    assert.deepEqual(await stateOfOthers(), state);
    await othersAreWell();
  });
}

/** These counters rise by exactly so much, and no other rises. */
async function counted(expected: Record<string, number>, action: () => Promise<void>): Promise<void> {
  const before = await service.health();
  await action();
  // What is counted when a connection has been closed comes a moment after the close.
  await until("the counters", async () => (Object.keys(await risen(before)).length >= Object.keys(expected).length ? true : undefined), 2_000).catch(() => undefined);
  assert.deepEqual(await risen(before), expected);
}

const refusedWith =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof Refused && error.code === code && error.text.length > 0;

hostile("wrong passwords and unknown names are refused alike, counted, and slowed down", async () => {
  const answers: string[] = [];
  const wrong = async (user: string, password: string): Promise<void> => {
    await assert.rejects(signInRaw(service.url, user, password), (error) => {
      answers.push(error instanceof Refused ? `${error.code}: ${error.text}` : String(error));
      return true;
    });
  };
  await counted({ connections_opened: 2, sign_ins: 2, sign_ins_refused: 2, errors_unauthenticated: 2 }, async () => {
    await wrong("alice", "wrong");
    await wrong("nobody-here", "sidetone");
  });
  assert.match(answers[0] ?? "", /^unauthenticated: ./);
  assert.equal(answers[0], answers[1]);
  // One is over already, four more are free, and the next one waits.
  await counted({ connections_opened: 5, sign_ins: 5, sign_ins_refused: 4, errors_unauthenticated: 4, errors_rate_limited: 1 }, async () => {
    for (let attempt = 0; attempt < 5; attempt++) await wrong("alice", `wrong ${attempt}`);
  });
  assert.match(answers.at(-1) ?? "", /^rate_limited: ./);
});

hostile("nothing is done for somebody who has not signed in", async () => {
  await counted({ connections_opened: 1, errors_unauthenticated: 3, directory_refused: 1 }, async () => {
    const wire = await Wire.connect(`${service.url.replace("http", "ws")}/client`);
    await assert.rejects(wire.ask(message("call_list")), refusedWith("unauthenticated"));
    await assert.rejects(wire.ask(message("chat_send", { c: conversation, i: "x", x: "hello" })), refusedWith("unauthenticated"));
    await assert.rejects(wire.ask(message("call_hang_up", { c: call })), refusedWith("unauthenticated"));
    wire.close();
    assert.equal((await fetch(`${service.url}/directory/1`)).status, 401);
  });
});

/** A device of Erin's, which is counted as it comes. */
async function erin(): Promise<Wire> {
  return (await signInRaw(service.url, "erin", "sidetone")).wire;
}
const signedIn = { connections_opened: 1, sign_ins: 1, sessions_started: 1 };

hostile("frames that are no JSON, no message or not a known one are answered and counted one by one; the connection stays", async () => {
  const wire = await erin();
  const refused = (text: string, counter: string, fits: (answer: AnyFrame) => boolean): Promise<void> =>
    counted({ frames_refused: 1, [counter]: 1 }, async () => {
      wire.raw(text);
      const answer = await wire.next(`an answer to ${text.slice(0, 20)}`, (frame) => frame.t === "error");
      assert.ok(fits(answer) && String(answer["x"]).length > 0, `${text.slice(0, 20)} → ${JSON.stringify(answer)}`);
    });
  for (const text of ["{", "[]", "null", '{"r":1}', '{"t":5}', "\u0000", `${"[".repeat(5000)}`, '{"t":"ping","r":-1}', '{"t":"call_invite","r":7}'])
    await refused(text, "errors_malformed", (answer) => answer["c"] === "malformed");
  await refused('{"t":"chat_send","r":8,"c":"seven","i":"x","x":"hello"}', "errors_malformed", (answer) => answer.r === 8 && answer["w"] === "c");
  await refused('{"t":"make_me_rich","r":9}', "errors_unknown_type", (answer) => answer.r === 9 && answer["c"] === "unknown_type");
  await counted({}, async () => void (await wire.ask(message("ping"))));
  wire.close();
});

hostile("what is over a limit is refused with the limit, and counted", async () => {
  const wire = await erin();
  const { i } = await wire.ask<{ i: { c: number } }>(message("conversation_open", { u: await carol.user("alice") }));
  const send = (x: string): Promise<unknown> => wire.ask(message("chat_send", { c: i.c, i: `${Math.random()}`, x }));
  await counted({ frames_refused: 1, errors_too_large: 1 }, () => assert.rejects(send("x".repeat(16 * 1024 + 1)), refusedWith("too_large")));
  await counted({ frames_refused: 1, errors_out_of_range: 1 }, () => assert.rejects(send(""), refusedWith("out_of_range")));
  await send("x".repeat(16 * 1024)); // the longest one is taken
  wire.close();
});

const pingOf = (bytes: number): string => `{"t":"ping","x":"${"y".repeat(bytes - 19)}"}`;

hostile("a frame over the limit is answered and counted, by client and host alike; the connection stays", async () => {
  const wire = await erin();
  const host = await Wire.connect(`${service.url.replace("http", "ws")}/host`);
  for (const [one, of] of [
    [wire, ""],
    [host, "host_"],
  ] as const)
    for (const bytes of [64 * 1024 + 1, 128 * 1024])
      await counted({ [`${of}frames_refused`]: 1, [`${of}errors_too_large`]: 1 }, async () => {
        one.raw(pingOf(bytes));
        const answer = await one.next("an answer", (frame) => frame.t === "error");
        assert.equal(answer["c"], "too_large");
        assert.match(String(answer["x"]), /at most 65536/);
      });
  await counted({}, async () => void (await wire.ask(message("ping"))));
  wire.raw(pingOf(64 * 1024)); // the longest one is taken
  await wire.ask(message("ping"));
  wire.close();
  host.close();
});

hostile("a frame far over the limit, and one of bytes, ends its connection with the reason, and no other", async () => {
  await counted({ ...signedIn, frames_far_too_large: 1 }, async () => {
    const wire = await erin();
    wire.raw(pingOf(128 * 1024 + 1));
    const { code, reason } = await within(wire.closed, "the end of the connection");
    assert.equal(code, 1009, "message too big (RFC 6455 §7.4.1)");
    assert.equal(reason, "a message has at most 131072 bytes");
  });
  await counted({ host_connections_opened: 1, frames_far_too_large: 1 }, async () => {
    const host = await Wire.connect(`${service.url.replace("http", "ws")}/host`);
    host.raw(pingOf(1024 * 1024));
    assert.equal((await within(host.closed, "the end of the connection")).code, 1009);
  });
  await counted(signedIn, async () => {
    const wire = await erin();
    wire.binary(Buffer.from('{"t":"ping","r":1}'));
    const { code, reason } = await within(wire.closed, "the end of the connection");
    assert.equal(code, 1003);
    assert.ok(reason.length > 0);
  });
});

hostile("somebody else's conversation, calls and devices are out of reach, and stay as they are", async () => {
  const wire = await erin();
  for (const request of [
    message("chat_send", { c: conversation, i: "intruder", x: "I am not of this conversation" }),
    message("chat_history", { c: conversation, l: 10 }),
    message("chat_mark", { c: conversation, n: 1 }),
    message("chat_typing", { c: conversation }),
    message("call_answer", { c: call, o: "v=0\r\n" }),
    message("call_take_up", { c: call }),
    message("call_hang_up", { c: call }),
    message("device_revoke", { d: (await carol.view()).device }),
  ])
    await counted({ errors_not_found: 1 }, () => assert.rejects(wire.ask(request), refusedWith("not_found"), request.t));
  // One that is over, or never was, is no fault.
  await counted({}, async () => void (await wire.ask(message("call_hang_up", { c: "an-earlier-call" }))));
  wire.close();
});
