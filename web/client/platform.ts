import type { Persisted } from "#client";
import type { WebSocketFactory } from "../redirect/index.ts";
import type { Core } from "./core.ts";

/** The key that proves this device to the far end of a call: ECDSA on P-256. */
export interface DeviceKey {
  privateKey: CryptoKey;
  /** SubjectPublicKeyInfo, base64url: what the service is told. */
  publicKey: string;
}

/** What one device keeps. Both are secret. */
export interface Storage {
  loadState(): Promise<Persisted | undefined>;
  saveState(state: Persisted): Promise<void>;
  /** The same key every time; made when there is none. */
  deviceKey(): Promise<DeviceKey>;
}

/** Where a client runs: node or a page. */
export interface Platform {
  loadCore(): Promise<Core>;
  webSocket: WebSocketFactory;
  /** HTTP GET. Rejects where there is no answer. */
  get(url: URL, headers: Record<string, string>): Promise<{ status: number; body: string }>;
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
