import assert from "node:assert/strict";
import { test } from "node:test";
import { IdentityExchange, keyHash, makeDeviceKey } from "../../web/client/identity.ts";
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
const [aliceHash, bobHash] = await Promise.all([keyHash(alice.publicKey), keyHash(bob.publicKey)]);
const wrong = "the far end's signature is not that of the device that the service named";
const anotherKey = "the far end has another key than the service named";

test("a key is named by the SHA-256 of its text", async () => {
  assert.equal(await keyHash("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0", "FIPS 180-2, appendix B.1");
  assert.equal(bobHash.length, 43);
});

test("two devices prove to each other that they are those that the service named", async () => {
  const found = await exchange([
    { caller: true, key: alice, expected: bobHash, sees: ["AA", "BB"] },
    { caller: false, key: bob, expected: aliceHash, sees: ["BB", "AA"] },
  ]);
  assert.deepEqual(found, ["proven", "proven"]);
});

test("another device cannot stand in, though its own key and signature fit together", async () => {
  const found = await exchange([
    { caller: true, key: alice, expected: bobHash, sees: ["AA", "BB"] },
    { caller: false, key: mallory, expected: aliceHash, sees: ["BB", "AA"] },
  ]);
  assert.deepEqual(found, [anotherKey, "proven"]);
});

test("another device cannot stand in by showing the key that the service named", async () => {
  const found = await exchange([
    { caller: true, key: alice, expected: bobHash, sees: ["AA", "BB"] },
    { caller: false, key: { privateKey: mallory.privateKey, publicKey: bob.publicKey }, expected: aliceHash, sees: ["BB", "AA"] },
  ]);
  assert.deepEqual(found, [wrong, "proven"]);
});

test("a key that is named but cannot be read proves nothing", async () => {
  const [unreadable] = await exchange([
    { caller: true, key: alice, expected: await keyHash("no key"), sees: ["AA", "BB"] },
    { caller: false, key: { privateKey: mallory.privateKey, publicKey: "no key" }, expected: aliceHash, sees: ["BB", "AA"] },
  ]);
  assert.match(unreadable, /^the far end's proof could not be read: /);
});

test("a man in the middle has other fingerprints", async () => {
  const found = await exchange([
    { caller: true, key: alice, expected: bobHash, sees: ["AA", "C1"] },
    { caller: false, key: bob, expected: aliceHash, sees: ["BB", "C2"] },
  ]);
  assert.deepEqual(found, [wrong, wrong]);
});

test("a proof of another call, or of the same side, is worth nothing", async () => {
  assert.deepEqual(
    await exchange([
      { caller: true, key: alice, expected: bobHash, sees: ["AA", "BB"] },
      { caller: false, key: bob, expected: aliceHash, sees: ["BB", "AA"], call: "another call" },
    ]),
    [wrong, wrong],
  );
  assert.deepEqual(
    await exchange([
      { caller: true, key: alice, expected: bobHash, sees: ["AA", "BB"] },
      { caller: true, key: bob, expected: aliceHash, sees: ["BB", "AA"] },
    ]),
    [wrong, wrong],
  );
});
