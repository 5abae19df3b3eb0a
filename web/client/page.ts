import type { Persisted } from "#client";
import { Core, type CoreFactory } from "./core.ts";
import { makeDeviceKey } from "./identity.ts";
import type { BrowserVoice, DeviceKey, Platform, Storage } from "./platform.ts";

/** Token and device key in IndexedDB. The key cannot be read out of the browser again, not even by this page. */
export class PageStorage implements Storage {
  #database: Promise<IDBDatabase>;

  constructor(name = "sidetone") {
    this.#database = new Promise((resolve, reject) => {
      const opening = indexedDB.open(name, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
  }

  loadState(): Promise<Persisted | undefined> {
    return this.#get<Persisted>("state");
  }
  async saveState(state: Persisted): Promise<void> {
    await this.#put("state", state);
  }
  async deviceKey(): Promise<DeviceKey> {
    const kept = await this.#get<DeviceKey>("key");
    if (kept) return kept;
    const made = await makeDeviceKey(false);
    await this.#put("key", made);
    return made;
  }

  async #get<T>(key: string): Promise<T | undefined> {
    return this.#done((await this.#store("readonly")).get(key)) as Promise<T | undefined>;
  }
  async #put(key: string, value: unknown): Promise<void> {
    await this.#done((await this.#store("readwrite")).put(value, key));
  }
  async #store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    return (await this.#database).transaction("kept", mode).objectStore("kept");
  }
  #done<T>(request: IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}

/** The browser's own WebRTC. */
export function browserVoice(constraints: MediaTrackConstraints = {}): BrowserVoice {
  return {
    peerConnection: (configuration) => new RTCPeerConnection(configuration),
    microphone: (device) => navigator.mediaDevices.getUserMedia({ audio: device === "" ? constraints : { ...constraints, deviceId: device } }),
    play: (stream) => {
      const audio = new Audio();
      audio.srcObject = stream;
      void audio.play().catch(() => undefined);
      return () => {
        audio.pause();
        audio.srcObject = null;
      };
    },
  };
}

/** @param folder  where sidetone_core.mjs and sidetone_core.wasm are served. */
async function loadCore(folder: URL): Promise<Core> {
  const [module, response] = await Promise.all([
    import(new URL("sidetone_core.mjs", folder).href) as Promise<{ default: CoreFactory }>,
    fetch(new URL("sidetone_core.wasm", folder)),
  ]);
  if (!response.ok) throw new Error(`sidetone_core.wasm: HTTP status ${response.status}`);
  return Core.load(module.default, await response.arrayBuffer());
}

export function pagePlatform(options: { folder?: URL; storage?: Storage; voice?: BrowserVoice } = {}): Platform {
  return {
    loadCore: () => loadCore(options.folder ?? new URL(".", location.href)),
    webSocket: (url, protocols) => new WebSocket(url, protocols ?? []),
    get: async (url, headers) => {
      const response = await fetch(url, { headers });
      return { status: response.status, body: await response.text() };
    },
    storage: options.storage ?? new PageStorage(),
    deviceName: "browser",
    browserVoice: "RTCPeerConnection" in globalThis ? (options.voice ?? browserVoice()) : undefined,
  };
}
