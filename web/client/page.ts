import type { Persisted } from "#client";
import { Core, type CoreFactory } from "./core.ts";
import { makeDeviceKey } from "./identity.ts";
import type { BrowserVoice, DeviceKey, KeptText, Platform, Storage } from "./platform.ts";

function openDatabase(name: string, make: (database: IDBDatabase) => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => make(opening.result);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/** The texts, in a database of their own: token and outbox do not depend on it. */
class TextStore {
  #database: Promise<IDBDatabase>;
  #first: Promise<KeptText[]> | undefined;

  constructor(name: string) {
    this.#database = openDatabase(name, (database) => database.createObjectStore("texts", { keyPath: "name" }));
    // Read while the module is still being loaded.
    this.#first = this.#read();
    this.#first.catch(() => undefined);
  }

  load(): Promise<KeptText[]> {
    const first = this.#first ?? this.#read();
    this.#first = undefined;
    return first;
  }
  async #read(): Promise<KeptText[]> {
    let found: IDBRequest<KeptText[]> | undefined;
    await this.#run("readonly", (texts) => (found = texts.getAll() as IDBRequest<KeptText[]>));
    return found?.result ?? [];
  }
  keep(all: readonly KeptText[]): Promise<void> {
    return this.#run("readwrite", (texts) => {
      for (const one of all) {
        if (one.text.length === 0) texts.delete(one.name);
        else texts.put(one);
      }
    });
  }
  forget(): Promise<void> {
    return this.#run("readwrite", (texts) => void texts.clear());
  }

  /** @returns when all of it is done. @throws (rejects) when nothing of it is. */
  async #run(mode: IDBTransactionMode, act: (texts: IDBObjectStore) => void): Promise<void> {
    const transaction = (await this.#database).transaction("texts", mode);
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
      act(transaction.objectStore("texts"));
    });
  }
}

/** Token, device key and texts in IndexedDB. The key cannot be read out of the browser again, not even by this page. */
export class PageStorage implements Storage {
  #database: Promise<IDBDatabase>;
  #texts: TextStore;

  constructor(name = "sidetone") {
    this.#database = openDatabase(name, (database) => database.createObjectStore("kept"));
    this.#texts = new TextStore(`${name}.texts`);
  }

  loadTexts(): Promise<KeptText[]> {
    return this.#texts.load();
  }
  keepTexts(texts: readonly KeptText[]): Promise<void> {
    return this.#texts.keep(texts);
  }
  forgetTexts(): Promise<void> {
    return this.#texts.forget();
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
      return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
    },
    storage: options.storage ?? new PageStorage(),
    deviceName: "browser",
    browserVoice: "RTCPeerConnection" in globalThis ? (options.voice ?? browserVoice()) : undefined,
  };
}
