import type { Persisted } from "#client";
import type { WebSocketFactory } from "../redirect/index.ts";
import type { Core } from "./core.ts";
import { makeDeviceKey } from "./identity.ts";

/** The key that proves this device to the far end of a call: ECDSA on P-256. */
export interface DeviceKey {
  privateKey: CryptoKey;
  /** SubjectPublicKeyInfo, base64url: what the service is told. */
  publicKey: string;
}

/** Something to be read without the service; see kept_text of the core's events. */
export interface KeptText {
  owner: string;
  name: string;
  /** UTF-8. */
  text: Uint8Array;
}

/** What one device keeps. State and key are secret, the texts are private. */
export interface Storage {
  loadState(): Promise<Persisted | undefined>;
  saveState(state: Persisted): Promise<void>;
  /** The same key every time; made when there is none. */
  deviceKey(): Promise<DeviceKey>;
  /** In the order of their names. Asked for once. */
  loadTexts(): Promise<KeptText[]>;
  /** All of them or none. An empty text takes its name away. */
  keepTexts(texts: readonly KeptText[]): Promise<void>;
  forgetTexts(): Promise<void>;
}

/** Nothing outlives the program. */
export class MemoryStorage implements Storage {
  #state: Persisted | undefined;
  #key: Promise<DeviceKey> | undefined;
  #texts = new Map<string, KeptText>();
  loadState(): Promise<Persisted | undefined> {
    return Promise.resolve(this.#state);
  }
  saveState(state: Persisted): Promise<void> {
    this.#state = state;
    return Promise.resolve();
  }
  deviceKey(): Promise<DeviceKey> {
    return (this.#key ??= makeDeviceKey(false));
  }
  loadTexts(): Promise<KeptText[]> {
    return Promise.resolve([...this.#texts.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }
  keepTexts(texts: readonly KeptText[]): Promise<void> {
    for (const one of texts) {
      if (one.text.length === 0) this.#texts.delete(one.name);
      else this.#texts.set(one.name, one);
    }
    return Promise.resolve();
  }
  forgetTexts(): Promise<void> {
    this.#texts.clear();
    return Promise.resolve();
  }
}

/** Where a client runs: node or a page. */
export interface Platform {
  loadCore(): Promise<Core>;
  webSocket: WebSocketFactory;
  /** HTTP GET; the body is bytes of UTF-8. Rejects where there is no answer. */
  get(url: URL, headers: Record<string, string>): Promise<{ status: number; body: Uint8Array }>;
  storage: Storage;
  deviceName: string;
  /** WebRTC of the platform's own; absent under node. */
  browserVoice?: BrowserVoice;
}

export interface BrowserVoice {
  peerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  /** @param device  id of the one that is wanted; empty: the default. */
  microphone(device: string): Promise<MediaStream>;
  /** Let the person hear it. @returns stop. */
  play(stream: MediaStream): () => void;
}
