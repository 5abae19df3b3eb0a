import assert from "node:assert/strict";
import { test } from "node:test";
import { IdentityExchange, makeDeviceKey } from "../../web/client/identity.ts";
import type { DeviceKey } from "../../web/client/platform.ts";

const sdp = (fingerprint: string) => `v=0\r\na=fingerprint:sha-256 ${fingerprint}\r\n`;

/** Two ends of a data channel. */
function channelPair(): [RTCDataChannel, RTCDataChannel] {
  class End extends EventTarget {
    readyState = "connecting";
    far: End | null = null;
    send(data: string): void {
      queueMicrotask(() => this.far?.dispatchEvent(new MessageEvent("message", { data })));
    }
    open(): void {
      this.readyState = "open";
      this.dispatchEvent(new Event("open"));
    }
  }
  const [one, two] = [new End(), new End()];
  one.far = two;
  two.far = one;
  queueMicrotask(() => [one, two].forEach((end) => end.open()));
  return [one as unknown as RTCDataChannel, two as unknown as RTCDataChannel];
}

interface End {
  caller: boolean;
  key: DeviceKey;
  expected: string;
  /** Fingerprints that this end sees: its own, the far end's. */
  sees: [string, string];
  call?: string;
}

/** What each end finds out about the other. */
async function exchange(ends: [End, End]): Promise<[string, string]> {
  const channels = channelPair();
  const results = ends.map(
    (end, index) =>
      new Promise<string>((resolve) => {
        const identity = new IdentityExchange({
          call: end.call ?? "call",
          caller: end.caller,
          key: end.key,
          connection: { localDescription: { sdp: sdp(end.sees[0]) }, remoteDescription: { sdp: sdp(end.sees[1]) } } as RTCPeerConnection,
          result: (proven, reason) => resolve(proven ? "proven" : reason),
        });
        identity.use(channels[index] as RTCDataChannel);
        identity.expect(end.expected);
      }),
  );
  return Promise.all(results) as Promise<[string, string]>;
}

const [alice, bob, mallory] = await Promise.all([makeDeviceKey(true), makeDeviceKey(true), makeDeviceKey(true)]);
const wrong = "the far end is not the device that the service named";

test("two devices prove to each other that they are those that the service named", async () => {
  const found = await exchange([
    { caller: true, key: alice, expected: bob.publicKey, sees: ["AA", "BB"] },
    { caller: false, key: bob, expected: alice.publicKey, sees: ["BB", "AA"] },
  ]);
  assert.deepEqual(found, ["proven", "proven"]);
});

test("another device cannot stand in", async () => {
  const found = await exchange([
    { caller: true, key: alice, expected: bob.publicKey, sees: ["AA", "BB"] },
    { caller: false, key: mallory, expected: alice.publicKey, sees: ["BB", "AA"] },
  ]);
  assert.deepEqual(found, [wrong, "proven"]);
});

test("a man in the middle has other fingerprints", async () => {
  const found = await exchange([
    { caller: true, key: alice, expected: bob.publicKey, sees: ["AA", "C1"] },
    { caller: false, key: bob, expected: alice.publicKey, sees: ["BB", "C2"] },
  ]);
  assert.deepEqual(found, [wrong, wrong]);
});

test("a proof of another call, or of the same side, is worth nothing", async () => {
  assert.deepEqual(
    await exchange([
      { caller: true, key: alice, expected: bob.publicKey, sees: ["AA", "BB"] },
      { caller: false, key: bob, expected: alice.publicKey, sees: ["BB", "AA"], call: "another call" },
    ]),
    [wrong, wrong],
  );
  assert.deepEqual(
    await exchange([
      { caller: true, key: alice, expected: bob.publicKey, sees: ["AA", "BB"] },
      { caller: true, key: bob, expected: alice.publicKey, sees: ["BB", "AA"] },
    ]),
    [wrong, wrong],
  );
});
