import { deflateSync, inflateSync } from "node:zlib";

/** Pixels as R, G, B, A in rows from the top; all of them opaque. */
export interface Picture {
  width: number;
  height: number;
  pixels: Uint8Array;
}

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let i = 0; i < 8; ++i) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = (crcTable[(c ^ byte) & 0xff] as number) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function chunk(name: string, content: Uint8Array): Buffer {
  const out = Buffer.alloc(content.length + 12);
  out.writeUInt32BE(content.length, 0);
  out.write(name, 4, "latin1");
  out.set(content, 8);
  out.writeUInt32BE(crc32(out.subarray(4, content.length + 8)), content.length + 8);
  return out;
}

/** The colours of a picture, the most frequent first; undefined: more than a palette holds. */
function paletteOf(colors: Uint32Array): Map<number, number> | undefined {
  const found = new Map<number, number>();
  for (const color of colors) {
    found.set(color, found.size);
    if (found.size > 256) return undefined;
  }
  return new Map([...found.keys()].map((color, index) => [color, index]));
}

/** Rows of `bytes` bytes, each behind the number of its filter (PNG §9): 0 as they are, 2 the difference to the row above. */
function filtered(rows: Uint8Array, bytes: number, filter: 0 | 2): Uint8Array {
  const height = rows.length / bytes;
  const out = new Uint8Array(rows.length + height);
  for (let y = 0; y < height; ++y) {
    const from = y * bytes;
    const to = y * (bytes + 1);
    out[to] = filter;
    for (let x = 0; x < bytes; ++x) out[to + 1 + x] = (rows[from + x] as number) - (filter === 2 && y > 0 ? (rows[from + x - bytes] as number) : 0);
  }
  return out;
}

/** With a palette where the colours allow it; whichever filter makes it smaller. */
export function encodePng({ width, height, pixels }: Picture): Buffer {
  const colors = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
  const palette = paletteOf(colors);
  const bytes = palette ? width : width * 3;
  const rows = new Uint8Array(bytes * height);
  const plte = new Uint8Array((palette?.size ?? 0) * 3);
  if (palette) {
    colors.forEach((color, i) => (rows[i] = palette.get(color) as number));
    for (const [color, index] of palette) plte.set([color & 0xff, (color >>> 8) & 0xff, (color >>> 16) & 0xff], index * 3);
  } else {
    for (let i = 0; i < width * height; ++i) for (let k = 0; k < 3; ++k) rows[i * 3 + k] = pixels[i * 4 + k] as number;
  }
  const packed = ([0, 2] as const).map((filter) => deflateSync(filtered(rows, bytes, filter), { level: 9, memLevel: 9 }));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, palette ? 3 : 2, 0, 0, 0], 8);
  const smallest = packed.reduce((best, one) => (one.length < best.length ? one : best));
  return Buffer.concat([signature, chunk("IHDR", head), ...(palette ? [chunk("PLTE", plte)] : []), chunk("IDAT", smallest), chunk("IEND", new Uint8Array())]);
}

/** What encodePng() writes. @throws on any other kind of PNG. */
export function decodePng(file: Uint8Array): Picture {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  if (!bytes.subarray(0, 8).equals(signature)) throw new Error("no PNG");
  const parts: Buffer[] = [];
  let [width, height, colored, palette] = [0, 0, false, Buffer.alloc(0)];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const content = bytes.subarray(at + 8, at + 8 + length);
    const name = bytes.toString("latin1", at + 4, at + 8);
    if (name === "IHDR") {
      [width, height, colored] = [content.readUInt32BE(0), content.readUInt32BE(4), content[9] === 2];
      if (content[8] !== 8 || (content[9] !== 2 && content[9] !== 3) || content[12] !== 0) throw new Error("a PNG of another kind");
    }
    if (name === "PLTE") palette = Buffer.from(content);
    if (name === "IDAT") parts.push(content);
    at += length + 12;
  }
  const rows = inflateSync(Buffer.concat(parts));
  const row = colored ? width * 3 : width;
  const pixels = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; ++y) {
    const from = y * (row + 1);
    const filter = rows[from];
    if (filter !== 0 && filter !== 2) throw new Error("a PNG of another kind");
    if (filter === 2 && y > 0) for (let x = 1; x <= row; ++x) rows[from + x] = (rows[from + x] as number) + (rows[from + x - row - 1] as number);
    for (let x = 0; x < width; ++x) {
      const color = colored ? rows.subarray(from + 1 + x * 3) : palette.subarray((rows[from + 1 + x] as number) * 3);
      for (let k = 0; k < 3; ++k) pixels[(y * width + x) * 4 + k] = color[k] as number;
    }
  }
  return { width, height, pixels };
}

/** Where two pictures of one size differ: black on a pale copy of the first. */
export function difference(one: Picture, other: Picture): { count: number; picture: Picture } {
  const pixels = new Uint8Array(one.pixels.length).fill(255);
  let count = 0;
  for (let i = 0; i < one.pixels.length; i += 4) {
    const differs = [0, 1, 2].some((k) => one.pixels[i + k] !== other.pixels[i + k]);
    if (differs) ++count;
    for (let k = 0; k < 3; ++k) pixels[i + k] = differs ? 0 : 224 + ((one.pixels[i + k] as number) >> 3);
  }
  return { count, picture: { ...one, pixels } };
}
