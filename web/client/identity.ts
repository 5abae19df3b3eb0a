import type { IdentityHello, IdentityProof } from "#protocol";
import { fingerprint, fromBase64Url, toBase64Url } from "../redirect/index.ts";
import type { DeviceKey } from "./platform.ts";

export const identityLabel = "sidetone.identity";

const algorithm = { name: "ECDSA", hash: "SHA-256" } as const;
const withinMs = 15_000;

export async function makeDeviceKey(extractable: boolean): Promise<DeviceKey> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, extractable, ["sign", "verify"]);
  return { privateKey: pair.privateKey, publicKey: await exportPublicKey(pair.publicKey) };
}
export async function exportPublicKey(key: CryptoKey): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.exportKey("spki", key)));
}

/** What the service names a device's key by: SHA-256 over its text, base64url; see core/protocol/identity.hpp. */
export async function keyHash(publicKey: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(publicKey))));
}

/** The text that a proof signs; see core/protocol/identity.hpp. */
export function identityText(call: string, role: "caller" | "callee", signer: string, verifier: string, nonce: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(["sidetone identity 1", call, role, signer, verifier, nonce].join("\n"));
}

/** Fingerprints of both ends of the DTLS association. */
export interface Fingerprints {
  local: string;
  remote: string;
}

/** From the descriptions, or, where a connection was taken up without them, from its statistics. */
export async function fingerprintsOf(connection: RTCPeerConnection): Promise<Fingerprints | undefined> {
  const local = fingerprint(connection.localDescription?.sdp ?? "");
  const remote = fingerprint(connection.remoteDescription?.sdp ?? "");
  if (local && remote) return { local, remote };
  const stats = new Map<string, Record<string, string>>();
  (await connection.getStats()).forEach((one) => stats.set(one.id, one));
  for (const one of stats.values()) {
    if (one["type"] !== "transport") continue;
    const mine = stats.get(one["localCertificateId"] ?? "")?.["fingerprint"];
    const theirs = stats.get(one["remoteCertificateId"] ?? "")?.["fingerprint"];
    if (mine && theirs) return { local: mine.toUpperCase(), remote: theirs.toUpperCase() };
  }
  return undefined;
}

export interface IdentityOptions {
  call: string;
  caller: boolean;
  key: DeviceKey;
  connection: RTCPeerConnection;
  result(proven: boolean, reason: string): void;
}

/** One side of the exchange on the data channel `sidetone.identity` of a call. */
export class IdentityExchange {
  #options: IdentityOptions;
  #channel: RTCDataChannel | null = null;
  #expected: string | null = null;
  #nonce = "";
  #asked = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: IdentityOptions) {
    this.#options = options;
  }

  /** The channel, made here by the caller or by the far end for the callee. */
  use(channel: RTCDataChannel): void {
    this.#channel = channel;
    channel.addEventListener("message", (event) => void this.#receive((event as MessageEvent).data));
    if (channel.readyState === "open") this.#ask();
    else channel.addEventListener("open", () => this.#ask());
  }

  /** @param named  the key's hash, as the service names it; empty: that device has no key and nothing can be proved. */
  expect(named: string): void {
    if (named === this.#expected) return;
    this.#asked = false;
    this.#expected = named;
    if (named === "") return;
    this.#ask();
  }

  /** The connection stands: from now on a proof is due. */
  connected(): void {
    if (this.#expected === "" || this.#timer) return;
    this.#timer = setTimeout(() => this.#finish(false, "the far end has not proved who it is in time"), withinMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#channel = null;
  }

  #ask(): void {
    if (this.#asked || !this.#expected || this.#channel?.readyState !== "open") return;
    this.#asked = true;
    this.#nonce = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
    this.#channel.send(JSON.stringify({ t: "hello", n: this.#nonce } satisfies IdentityHello));
  }

  async #receive(data: unknown): Promise<void> {
    try {
      const message = JSON.parse(String(data)) as IdentityHello | IdentityProof;
      if (message.t === "hello" && typeof message.n === "string") await this.#prove(message.n);
      else if (message.t === "proof" && typeof message.k === "string" && typeof message.g === "string") await this.#check(message.k, message.g);
    } catch (error) {
      this.#finish(false, `the far end's proof could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #prove(nonce: string): Promise<void> {
    const fingerprints = await fingerprintsOf(this.#options.connection);
    if (!fingerprints) return;
    const { call, caller, key } = this.#options;
    const text = identityText(call, caller ? "caller" : "callee", fingerprints.local, fingerprints.remote, nonce);
    const signature = new Uint8Array(await crypto.subtle.sign(algorithm, key.privateKey, text));
    this.#channel?.send(JSON.stringify({ t: "proof", k: key.publicKey, g: toBase64Url(signature) } satisfies IdentityProof));
  }

  async #check(publicKey: string, signature: string): Promise<void> {
    if (!this.#asked || !this.#expected) return;
    if ((await keyHash(publicKey)) !== this.#expected) return this.#finish(false, "the far end has another key than the service named");
    const fingerprints = await fingerprintsOf(this.#options.connection);
    if (!fingerprints) return this.#finish(false, "the fingerprints of this connection are not known");
    const { call, caller } = this.#options;
    const text = identityText(call, caller ? "callee" : "caller", fingerprints.remote, fingerprints.local, this.#nonce);
    const key = await crypto.subtle.importKey("spki", fromBase64Url(publicKey), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    const proven = await crypto.subtle.verify(algorithm, key, fromBase64Url(signature), text);
    this.#finish(proven, proven ? "" : "the far end's signature is not that of the device that the service named");
  }

  #finish(proven: boolean, reason: string): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#options.result(proven, reason);
  }
}
