import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { get as httpGet, type IncomingMessage } from "node:http";
import { get as httpsGet } from "node:https";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import WebSocket from "ws";
import type { Persisted } from "#client";
import { fromBase64Url, toBase64Url, type WebSocketFactory } from "../redirect/index.ts";
import { Core, type CoreFactory } from "./core.ts";
import { makeDeviceKey } from "./identity.ts";
import { type DeviceKey, type KeptText, MemoryStorage, type Platform, type Storage } from "./platform.ts";

/** The compiled core lies beside the bundled programs, or where the build has left it. */
function coreFile(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    for (const file of ["sidetone_core.mjs", "build/wasm/sidetone_core.mjs", "wasm/sidetone_core.mjs"])
      if (existsSync(join(folder, file))) return join(folder, file);
    if (folder === dirname(folder)) throw new Error("sidetone_core.mjs is not built: npm start, or ninja -C build/wasm");
  }
}

export async function loadCore(): Promise<Core> {
  const file = coreFile();
  const factory = ((await import(pathToFileURL(file).href)) as { default: CoreFactory }).default;
  return Core.load(factory, await readFile(file.replace(/\.mjs$/, ".wasm")));
}

interface Kept {
  state?: Persisted;
  /** PKCS#8 and SubjectPublicKeyInfo, base64url. */
  key?: { private: string; public: string };
}

/** Token and device key in one file that only its owner can read; no texts, since such a program is nothing without the service. */
export class FileStorage implements Storage {
  #file: string;
  #kept: Promise<Kept>;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
    this.#kept = readFile(file, "utf8").then(
      (text) => JSON.parse(text) as Kept,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return {};
        throw error;
      },
    );
  }

  async loadState(): Promise<Persisted | undefined> {
    return (await this.#kept).state;
  }
  async saveState(state: Persisted): Promise<void> {
    (await this.#kept).state = state;
    await this.#write();
  }
  async deviceKey(): Promise<DeviceKey> {
    const kept = await this.#kept;
    if (kept.key) {
      const privateKey = await crypto.subtle.importKey("pkcs8", fromBase64Url(kept.key.private), { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
      return { privateKey, publicKey: kept.key.public };
    }
    const made = await makeDeviceKey(true);
    kept.key = { private: toBase64Url(new Uint8Array(await crypto.subtle.exportKey("pkcs8", made.privateKey))), public: made.publicKey };
    await this.#write();
    return made;
  }
  loadTexts(): Promise<KeptText[]> {
    return Promise.resolve([]);
  }
  keepTexts(): Promise<void> {
    return Promise.resolve();
  }
  forgetTexts(): Promise<void> {
    return Promise.resolve();
  }

  /** A reader never finds half a file. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const text = JSON.stringify(await this.#kept);
      await mkdir(dirname(this.#file), { recursive: true });
      await writeFile(`${this.#file}.new`, text, { mode: 0o600 });
      await chmod(`${this.#file}.new`, 0o600);
      await rename(`${this.#file}.new`, this.#file);
    });
    return this.#writing;
  }
}

export interface NodeOptions {
  /** File of token and key; absent: nothing is kept. */
  state?: string;
  deviceName?: string;
  /** PEM of certificate authorities for wss, where the system's are not the ones. */
  ca?: string;
  /** Origin header; native programs have none. */
  origin?: string;
}

/** WebSockets by npm's `ws`: node 20 has none of its own. */
export function nodeWebSockets(options: Pick<NodeOptions, "ca" | "origin"> = {}): WebSocketFactory {
  return (url, protocols) =>
    new WebSocket(url, protocols ?? [], {
      ca: options.ca,
      origin: options.origin,
      perMessageDeflate: false,
      maxPayload: 1 << 20,
      handshakeTimeout: 10_000,
      // As in a browser: what awaits an answer goes on before the next message, a candidate, is told of.
      allowSynchronousEvents: false,
    }) as unknown as ReturnType<WebSocketFactory>;
}

const longestBodyBytes = 64 << 20;
const unpack = promisify(gunzip);

/** Node's own fetch is experimental in 20 and takes no certificate authority. */
async function get(url: URL, headers: Record<string, string>, ca: string | undefined): Promise<{ status: number; body: Uint8Array }> {
  const all = { ...headers, "accept-encoding": "gzip" };
  const [response, bytes] = await new Promise<[IncomingMessage, Buffer]>((resolve, reject) => {
    const request = (url.protocol === "https:" ? httpsGet : httpGet)(url, { headers: all, ca, timeout: 30_000 } as object, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => resolve([response, Buffer.concat(parts)]));
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
  });
  const body = response.headers["content-encoding"] === "gzip" ? await unpack(bytes, { maxOutputLength: longestBodyBytes }) : bytes;
  return { status: response.statusCode ?? 0, body };
}

export function nodePlatform(options: NodeOptions = {}): Platform {
  return {
    loadCore,
    webSocket: nodeWebSockets(options),
    get: (url, headers) => get(url, headers, options.ca),
    storage: options.state ? new FileStorage(options.state) : new MemoryStorage(),
    deviceName: options.deviceName ?? `node on ${hostname()}`,
  };
}

