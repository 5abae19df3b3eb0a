import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeRunFolder } from "../support/paths.ts";
import { Person } from "../support/person.ts";
import { endAll, within } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { Refused, signInRaw, Wire } from "../support/wire.ts";

/** What a client may send that it must not: each is answered by a clear error and counted, nothing changes, and nobody else notices. */

const logs = makeRunFolder("hostile");
let service: Service;
let carol: Person;
let dave: Person;
let daveNumber: number;

before(async () => {
  service = await Service.start({ logs });
  carol = await Person.signIn({ name: "carol", logs, service: service.url, way: "none" }, "carol");
  dave = await Person.signIn({ name: "dave", logs, service: service.url, way: "none" }, "dave");
  daveNumber = await carol.user("dave");
});
after(endAll);

/** Somebody else's chat works, and their connection is the one that they have had all along. */
async function othersAreWell(): Promise<void> {
  const text = `still here ${Math.random()}`;
  await carol.chat(daveNumber, text);
  await dave.message(await dave.user("carol"), text);
  for (const person of [carol, dave]) {
    const { counters } = await person.view();
    assert.deepEqual([counters["resumptions"] ?? 0, counters["malformed_frames"] ?? 0, counters["sequence_gaps"] ?? 0], [0, 0, 0]);
  }
}

/** By how much a counter of /health whose name fits has risen meanwhile. */
async function counted(name: RegExp, action: () => Promise<void>): Promise<number> {
  const sum = async (): Promise<number> =>
    Object.entries(await service.health()).reduce((total, [key, value]) => total + (name.test(key) ? value : 0), 0);
  const before = await sum();
  await action();
  return (await sum()) - before;
}

const refusedWith =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof Refused && error.code === code && error.text.length > 0;

test("wrong passwords and unknown names are refused alike, counted, and slowed down", async () => {
  const rise = await counted(/sign_in|password|unauth/i, async () => {
    const answers: string[] = [];
    for (const [user, password] of [
      ["alice", "wrong"],
      ["nobody-here", "sidetone"],
    ] as const) {
      await assert.rejects(signInRaw(service.url, user, password), (error) => {
        assert.ok(error instanceof Refused);
        answers.push(`${error.code}: ${error.text}`);
        return error.code === "unauthenticated";
      });
    }
    assert.equal(answers[0], answers[1]);
  });
  assert.ok(rise >= 2, `counted ${rise}`);
  let limited = false;
  for (let attempt = 0; attempt < 30 && !limited; attempt++) {
    await assert.rejects(signInRaw(service.url, "alice", `wrong ${attempt}`), (error) => {
      limited = error instanceof Refused && error.code === "rate_limited";
      return limited || (error instanceof Refused && error.code === "unauthenticated");
    });
  }
  assert.ok(limited, "thirty wrong passwords in a row were all checked");
  await othersAreWell();
});

test("nothing is done for somebody who has not signed in", async () => {
  const wire = await Wire.connect(`${service.url.replace("http", "ws")}/client`);
  await assert.rejects(wire.ask({ t: "call_list" }), refusedWith("unauthenticated"));
  await assert.rejects(wire.ask({ t: "chat_send", c: 1, i: "x", x: "hello" } as { t: string }), refusedWith("unauthenticated"));
  wire.close();
  const response = await fetch(`${service.url}/directory/1`);
  assert.ok([401, 403].includes(response.status), `${response.status}`);
});

test("frames that are no JSON, no message or not a known one are answered and counted; the connection stays", async () => {
  const { wire } = await signInRaw(service.url, "erin", "sidetone");
  const rise = await counted(/malformed|unknown|refused|out_of_range|bad|error/i, async () => {
    for (const text of ["{", "[]", "null", '{"r":1}', '{"t":5}', "\u0000", `${"[".repeat(5000)}`, '{"t":"ping","r":-1}']) {
      wire.raw(text);
      const answer = await wire.next(`an answer to ${text.slice(0, 20)}`, (frame) => frame.t === "error");
      assert.equal(answer["c"], "malformed", `${text.slice(0, 20)} → ${JSON.stringify(answer)}`);
      assert.ok(String(answer["x"]).length > 0);
    }
    await assert.rejects(wire.ask({ t: "make_me_rich" }), refusedWith("unknown_type"));
    await assert.rejects(
      wire.ask({ t: "chat_send", c: "seven", i: "x", x: "hello" } as { t: string }),
      (error) => error instanceof Refused && error.where === "c",
    );
    await assert.rejects(wire.ask({ t: "call_invite" }), refusedWith("malformed"));
  });
  assert.ok(rise >= 11, `counted ${rise}`);
  await wire.ask({ t: "ping" });
  wire.close();
  await othersAreWell();
});

test("what is over a limit is refused with the limit; a frame over the limit ends its connection and no other", async () => {
  const { wire } = await signInRaw(service.url, "erin", "sidetone");
  const conversation = await wire.ask<{ i: { c: number } }>({ t: "conversation_open", u: daveNumber } as { t: string });
  const send = (x: string): Promise<unknown> => wire.ask({ t: "chat_send", c: conversation.i.c, i: `${Math.random()}`, x } as { t: string });
  await assert.rejects(send("x".repeat(16 * 1024 + 1)), refusedWith("too_large"));
  await assert.rejects(send(""), (error) => error instanceof Refused);
  await send("x".repeat(16 * 1024));
  wire.raw(`{"t":"ping","x":"${"y".repeat(70 * 1024)}"}`);
  assert.equal(await within(wire.closed, "the end of the connection"), 1009);
  const { wire: again } = await signInRaw(service.url, "erin", "sidetone");
  again.binary(Buffer.from('{"t":"ping","r":1}'));
  assert.equal(await within(again.closed, "the end of the connection"), 1003);
  await othersAreWell();
});

test("somebody else's conversation and calls are out of reach, and stay as they are", async () => {
  const conversation = (await carol.view()).conversations?.find((one) => one.with === daveNumber)?.conversation ?? 0;
  assert.ok(conversation > 0);
  const before = (await carol.messages(daveNumber)).length;
  const { wire } = await signInRaw(service.url, "erin", "sidetone");
  const hidden = (error: unknown): boolean => error instanceof Refused && ["forbidden", "not_found"].includes(error.code);
  const rise = await counted(/forbidden|not_found|foreign|refused|error/i, async () => {
    for (const message of [
      { t: "chat_send", c: conversation, i: "intruder", x: "I am not of this conversation" },
      { t: "chat_history", c: conversation, l: 10 },
      { t: "chat_mark", c: conversation, n: 1 },
      { t: "chat_typing", c: conversation },
      { t: "call_hang_up", c: "AAAAAAAAAAAAAAAAAAAAAA" },
      { t: "call_take_up", c: "AAAAAAAAAAAAAAAAAAAAAA" },
      { t: "device_revoke", d: (await carol.view()).device },
    ]) {
      if (message.t === "call_hang_up")
        await wire.ask(message); // "also when it has ended already": there is nothing to tell them apart by
      else await assert.rejects(wire.ask(message), hidden, message.t);
    }
  });
  assert.ok(rise >= 6, `counted ${rise}`);
  wire.close();
  await othersAreWell();
  assert.equal((await carol.messages(daveNumber)).length, before + 1);
  assert.equal((await dave.messages(await dave.user("carol"))).filter((message) => message.text.includes("not of this")).length, 0);
});
