import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Facts } from "../../web/page/facts.ts";
import type { PageModule } from "../../web/page/shell.ts";

/** What only a test needs of the module. */
interface TestedModule extends PageModule {
  _stage_create(client: number, regular: number, regularBytes: number, strong: number, strongBytes: number): number;
  _shell_facts(shell: number, json: number, bytes: number): number;
  _stage_pixels(shell: number): number;
  _stage_destroy(shell: number): void;
  HEAPU8: Uint8Array;
}

function moduleFile(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "build/wasm/sidetone_stage.mjs");
    if (existsSync(file)) return file;
  }
  throw new Error("sidetone_stage.mjs is not built: ninja -C build/wasm");
}

const file = moduleFile();
const { default: factory } = (await import(pathToFileURL(file).href)) as { default: (options: { wasmBinary: Uint8Array }) => Promise<TestedModule> };
const module = await factory({ wasmBinary: readFileSync(file.replace(/\.mjs$/, ".wasm")) });
const [width, height] = [1280, 800];

function given(bytes: Uint8Array): [pointer: number, bytes: number] {
  const pointer = module._malloc(bytes.length + 1);
  module.HEAPU8.set(bytes, pointer);
  module.HEAPU8[pointer + bytes.length] = 0;
  return [pointer, bytes.length];
}
const text = (words: string) => given(new TextEncoder().encode(words));
const font = (name: string) => given(readFileSync(`/usr/share/fonts/truetype/dejavu/${name}.ttf`));

const client = module._sidetone_create();
const [regular, strong] = [font("DejaVuSans"), font("DejaVuSans-Bold")];
const shell = module._stage_create(client, ...regular, ...strong);
after(() => {
  module._stage_destroy(shell);
  module._sidetone_destroy(client);
});
assert.notEqual(shell, 0, "the fonts are fonts");
module._shell_resize(shell, width, height, 1);
/** Plain words are enough here: key → text. */
const words = JSON.parse(readFileSync(join(dirname(file), "../../web/locale/en.json"), "utf8")) as Record<string, string | object>;
const table = Object.entries(words).map(([key, value]) => (typeof value === "string" ? `${key}\t${value}\n` : ""));
module._shell_locale(shell, text("en")[0], ...text(table.join("")), 0);
module._shell_preferences(shell, 0, 1, 1);

type Json = string | number | Json[] | { [name: string]: Json };
const json = (pointer: number) => JSON.parse(module.UTF8ToString(pointer)) as Json;
const nodes = () => json(module._shell_semantics(shell, 0)) as Json[][];
const stats = () => json(module._shell_stats(shell)) as Record<string, number>;
let now = 1000;
const frame = () => module._shell_frame(shell, (now += 16), 1_795_860_060);
const settle = () => {
  for (let i = 0; i < 20 && frame() & 3; ++i);
};
function colors(): Map<number, number> {
  const pixels = new Uint32Array(module.HEAPU8.buffer, module._stage_pixels(shell), width * height);
  const found = new Map<number, number>();
  for (const pixel of pixels) found.set(pixel, (found.get(pixel) ?? 0) + 1);
  return found;
}
/** Whether a node says so: roles and names stand as they are in the JSON. */
const says = (node: Json[], ...words: string[]) => words.every((word) => node.includes(word));

test("the sign-in screen has its form in the semantics and its letters on the canvas", () => {
  assert.equal(frame() & 3, 3, "pixels and semantics are there with the first frame");
  settle();
  const all = nodes();
  assert.ok(all.some((node) => node.includes("form")));
  assert.equal(all.filter((node) => node.includes("text_field")).length, 2);
  assert.ok(all.some((node) => says(node, "text_field", words["sign_in.password"] as string)));
  assert.ok(all.some((node) => says(node, "button", words["sign_in.go"] as string)));
  const found = colors();
  assert.ok(found.size > 50, `smooth letters have many shades, not ${found.size}`);
  for (const color of found.keys()) assert.equal(color >>> 24, 255, "all of it is opaque");
  assert.ok((stats()["glyphs"] ?? 0) > 20);
});

test("a frame in which nothing happened draws nothing", () => {
  settle();
  const before = stats();
  assert.equal(frame() & 3, 0);
  const { frames, presented, pixels } = stats();
  assert.deepEqual({ frames, presented, pixels }, { ...{ frames: (before["frames"] ?? 0) + 1 }, presented: before["presented"], pixels: before["pixels"] });
});

test("what is typed is drawn, and only there", () => {
  const field = nodes().find((node) => node.includes("text_field"));
  assert.ok(field);
  const id = field[0] as number;
  settle();
  const before = stats()["pixels"] ?? 0;
  module._shell_text(shell, id, ...text("فاطمة नेहा 👍 alice"));
  assert.equal(frame() & 1, 1);
  const drawn = (stats()["pixels"] ?? 0) - before;
  assert.ok(drawn > 0 && drawn < (width * height) / 4, `${drawn} pixels`);
  assert.ok(nodes().some((node) => node.includes("فاطمة नेहा 👍 alice")));
});

test("of what has been told only what differs is told again, in the order of all", () => {
  const all = nodes();
  const field = all.find((node) => node.includes("text_field")) as Json[];
  module._shell_text(shell, field[0] as number, ...text("bob"));
  frame();
  const changes = json(module._shell_semantics(shell, 1)) as (number | Json[])[];
  const now = nodes();
  assert.deepEqual(changes.map((one, at) => (typeof one === "number" ? all[at] : one)), now);
  assert.ok(changes.some((one) => typeof one !== "number" && one.includes("bob")));
  assert.ok(changes.filter((one) => typeof one !== "number").length < 4, JSON.stringify(changes));
});

test("the dark theme is another picture", () => {
  const light = [...colors()].sort((a, b) => b[1] - a[1])[0]?.[0];
  module._shell_preferences(shell, 1, 1, 1);
  assert.equal(frame() & 1, 1);
  assert.notEqual([...colors()].sort((a, b) => b[1] - a[1])[0]?.[0], light);
});

test("facts that are not well formed change nothing", () => {
  const chosen = { microphone: "", speaker: "", ring_device: "", theme: "system", language: "en" } as const;
  const state = { microphone_level: 0, testing_microphone: false, notifications: "default", owns_telephone: true, network: true, storage_lost: false } as const;
  const sound = { speaker_volume: 100, ring_volume: 100, ring_pitch: 100, ring_flash: false, auto_answer: false } as const;
  const facts: Facts = { calls: [], devices: [], ...chosen, ...sound, ...state, service: "tel.example.com", version: "1" };
  assert.equal(module._shell_facts(shell, ...text(JSON.stringify(facts))), 1);
  assert.equal(module._shell_facts(shell, ...text('{"service":')), 0);
  assert.equal(module._shell_facts(shell, ...text('{"microphone_level":"loud"}')), 0);
});

test("what is no font is refused", () => {
  assert.equal(module._stage_create(client, ...text("no font at all"), ...strong), 0);
});
