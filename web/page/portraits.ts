/** Pictures of people, from files into what the service takes, and from there into what the interface draws. */

import type { SidetoneClient } from "../client/client.ts";
import { toBase64Url } from "../redirect/encoding.ts";

/** What the service takes: core/protocol/limits.hpp, kPictureEdge and kPictureBytes. */
const edgePx = 96;
const mostBytes = 16 * 1024;
/** Of a file that is chosen: it is decoded here, whole. */
const mostFileBytes = 32 * 1024 * 1024;
const qualities = [0.9, 0.8, 0.65, 0.5, 0.3];
/** Decoded pictures that are held, 36 KB each. What is no longer held comes back from the browser's cache. */
const mostHeld = 256;

interface Hooks {
  client(): SidetoneClient | undefined;
  /** @param rgba  edge × edge pixels. */
  ready(picture: string, edge: number, rgba: Uint8ClampedArray): void;
}

interface Arrived {
  picture: string;
  jpeg: Uint8Array<ArrayBuffer> | undefined;
}

/** Fetches what is seen, once, and hands it over round and in the size in which it is seen. */
export class Portraits {
  #hooks: Hooks;
  /** The one used last comes last. */
  #held = new Map<string, ImageBitmap>();
  #wanted = new Map<string, Set<number>>();

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  /** @param request  "NAME:EDGE", device pixels; see shell/outbox.hpp. */
  async show(request: string): Promise<void> {
    const [picture = "", size = ""] = request.split(":");
    const edge = Number(size);
    const held = this.#held.get(picture);
    if (held) return this.#hand(picture, held, edge);
    const waiting = this.#wanted.get(picture);
    if (waiting) return void waiting.add(edge);
    const client = this.#hooks.client();
    if (!client) return;
    this.#wanted.set(picture, new Set([edge]));
    try {
      await client.intent({ t: "want_picture", picture });
    } catch {
      // Not now: the interface asks again.
      this.#wanted.delete(picture);
    }
  }

  /** The end of a fetch. */
  async arrived({ picture, jpeg }: Arrived): Promise<void> {
    const edges = this.#wanted.get(picture) ?? new Set();
    try {
      if (!jpeg) return;
      const bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
      this.#hold(picture, bitmap);
      for (const edge of edges) this.#hand(picture, bitmap, edge);
    } catch (error) {
      console.info(`the picture ${picture} cannot be shown:`, error);
    } finally {
      this.#wanted.delete(picture);
    }
  }

  #hold(picture: string, bitmap: ImageBitmap): void {
    this.#held.set(picture, bitmap);
    for (const [oldest, dropped] of this.#held) {
      if (this.#held.size <= mostHeld) break;
      this.#held.delete(oldest);
      dropped.close();
    }
  }

  #hand(picture: string, bitmap: ImageBitmap, edge: number): void {
    this.#held.delete(picture);
    this.#held.set(picture, bitmap);
    const context = square(edge);
    context.arc(edge / 2, edge / 2, edge / 2, 0, 2 * Math.PI);
    context.clip();
    context.drawImage(bitmap, 0, 0, edge, edge);
    this.#hooks.ready(picture, edge, context.getImageData(0, 0, edge, edge).data);
  }
}

/** @returns the middle of a picture as the service takes it, base64url. @throws (rejects) where the browser cannot read it. */
export async function portraitOf(file: Blob): Promise<string> {
  // A drawing that may fetch, be of any size, and be expensive.
  if (/svg/i.test(file.type)) throw new Error("a drawing is no picture of somebody");
  if (file.size > mostFileBytes) throw new Error(`the file has ${file.size} bytes, at most ${mostFileBytes} are read`);
  const bitmap = await createImageBitmap(file);
  const side = Math.min(bitmap.width, bitmap.height);
  const context = square(edgePx);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, edgePx, edgePx);
  context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, edgePx, edgePx);
  bitmap.close();
  for (const quality of qualities) {
    const jpeg = await jpegOf(context.canvas, quality);
    if (jpeg.size <= mostBytes) return toBase64Url(new Uint8Array(await jpeg.arrayBuffer()));
  }
  throw new Error("the picture does not become small enough");
}

function square(edge: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = edge;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("there is no canvas to draw on");
  context.imageSmoothingQuality = "high";
  return context;
}

function jpegOf(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("there is no JPEG to be had"))), "image/jpeg", quality));
}
