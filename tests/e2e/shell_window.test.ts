// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Display } from "../support/display.ts";
import { makeRunFolder, root } from "../support/paths.ts";
import { endAll, Program, until } from "../support/processes.ts";
import { dejaVu } from "../web/scenes/fonts.ts";
import type { Picture } from "../web/scenes/png.ts";
import { sceneNamed } from "../web/scenes/scenes.ts";
import { type Look, Stage } from "../web/scenes/stage.ts";
import { writePicture } from "../web/scenes/take.ts";
import { Theatre } from "../web/scenes/theatre.ts";

/** `npm run shell`: the interface in a native window, by its pixels and with a person's pointer and keys. */

const logs = makeRunFolder("shell-window");
const look: Look = { width: 1280, height: 800, ratio: 1, theme: "light" };
let display: Display;
let theatre: Theatre;

before(async () => {
  [display, theatre] = await Promise.all([Display.open({ name: "shell", logs, width: look.width, height: look.height }), Theatre.open()]);
});
after(endAll);

function start(name: string, args: string[], env: Record<string, string | undefined> = {}): Program {
  return new Program({ name, command: process.execPath, args: [join(root, "tools/shell.mjs"), "--no-build", ...args], env: { DISPLAY: display.name, WAYLAND_DISPLAY: undefined, ...env }, logs });
}

/** What happens in a window with this scene, in the golden pictures' letters, until it is closed by its key. */
async function inWindow(scene: string, happens: () => Promise<void>): Promise<void> {
  const window = start(scene, [scene, "--golden"]);
  try {
    await window.line(/^scene /);
    await display.do("search", "--sync", "--name", "^Sidetone$", "windowfocus", "--sync");
    await happens();
    await display.do("key", "ctrl+q");
    assert.equal(await window.exited, 0);
  } finally {
    await window.stop();
  }
}

/** The pointer leaves everything and takes the focus from it. */
const pressBeside = () => display.do("mousemove", "640", "799", "click", "1");

/** The upper left part of a picture. */
function corner({ width: whole, pixels }: Picture, width: number, height: number): Picture {
  const out = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; ++y) out.set(pixels.subarray(y * whole * 4, (y * whole + width) * 4), y * width * 4);
  return { width, height, pixels: out };
}

/** Two mathematical libraries round the sines of a circle differently: its edge may be one step of 255 lighter or darker. */
const rounding = 1;

function differing(one: Picture, other: Picture): number {
  let count = 0;
  for (let at = 0; at < one.pixels.length; at += 4) {
    const step = Math.max(...[0, 1, 2].map((channel) => Math.abs((one.pixels[at + channel] as number) - (other.pixels[at + channel] as number))));
    if (step > rounding) ++count;
  }
  return count;
}

/** Nothing of the picture differs, in the end. */
async function looksLike(wanted: Picture, what: string): Promise<void> {
  let count = -1;
  await until(what, () => {
    count = differing(wanted, corner(display.picture(), wanted.width, wanted.height));
    return count === 0 ? true : undefined;
  }).catch((error: unknown) => {
    const file = join(logs, `${what.replaceAll(" ", "-")}.png`);
    writePicture(file, display.picture());
    throw new Error(`${count} pixels differ: ${file}`, { cause: error });
  });
}

/** The same in the page's module under node, as the golden pictures are made. */
function played(scene: string, more: (stage: Stage) => void = () => undefined, changed: Partial<Look> = {}): Picture {
  const machine = theatre.machine(dejaVu);
  const stage = new Stage(machine, { ...look, ...changed });
  try {
    sceneNamed(scene).play(stage);
    more(stage);
    return machine.picture();
  } finally {
    stage.close();
  }
}

/** The middle of an element of the scene, for the pointer. */
function placeOf(scene: string, role: Parameters<Stage["find"]>[0], name: string): [x: string, y: string] {
  let place: [string, string] = ["0", "0"];
  played(scene, (stage) => {
    const [left, top, right, bottom] = stage.find(role, name).rect;
    place = [String(Math.round((left + right) / 2)), String(Math.round((top + bottom) / 2))];
  });
  return place;
}


test("a window draws, pixel by pixel, what the page's module draws, and in the other theme too", () =>
  inWindow("contacts", async () => {
    await looksLike(played("contacts"), "contacts");
    await display.do("key", "F2");
    await looksLike(played("contacts", undefined, { theme: "dark" }), "contacts in the dark");
  }));

test("pointer, keys and text do in the window what they do in the page", () =>
  inWindow("contacts", async () => {
    await display.do("mousemove", ...placeOf("contacts", "text_field", "Find a person or dial"), "click", "1", "type", "--delay", "20", "maxi");
    await display.do("key", "BackSpace", "BackSpace");
    await pressBeside();
    await looksLike(
      played("contacts", (stage) => stage.type("Find a person or dial", "ma")),
      "found",
    );
    await display.do("key", "alt+2");
    await pressBeside();
    await looksLike(
      played("contacts", (stage) => stage.key("Alt+2")),
      "chats",
    );
  }));

test("what is typed in the window's sign-in form reaches the company", () =>
  inWindow("sign-in", async () => {
    await display.do("mousemove", ...placeOf("sign-in", "text_field", "Name"), "click", "1", "type", "--delay", "20", "jonas");
    await display.do("key", "Tab");
    await display.do("type", "--delay", "20", "sidetone");
    await display.do("key", "Return");
    await pressBeside();
    await looksLike(
      played("sign-in", (stage) => stage.signIn()),
      "signed in",
    );
  }));

test("a window that is made smaller is laid out anew", () =>
  inWindow("contacts", async () => {
    await display.do("search", "--name", "^Sidetone$", "windowsize", "--sync", "800", "740");
    await looksLike(
      played("contacts", (stage) => (stage.resize(800, 740), stage.settle())),
      "contacts in less room",
    );
  }));

test("Ctrl-C in the terminal ends the window too", async () => {
  const window = start("interrupted", ["contacts"]);
  await window.line(/^scene /);
  await display.do("search", "--sync", "--name", "^Sidetone$");
  await window.stop("SIGINT");
  // xdotool fails where it finds nothing.
  await until("the end of the window", () =>
    display.do("search", "--name", "^Sidetone$").then(
      () => undefined,
      () => true,
    ),
  );
});

for (const [what, args, env, code, words] of [
  ["an unknown scene", ["nowhere"], {}, 2, /^no scene begins with nowhere/],
  ["an unknown theme", ["--theme", "pink"], {}, 2, /^--theme pink: light, dark or contrast/],
  ["a width that is none", ["--width", "wide"], {}, 2, /^--width wide: a number from 320/],
  ["an unknown language", ["--language", "xx"], {}, 2, /^--language xx/],
  ["an unknown option", ["--colour"], {}, 2, /--colour/],
  ["no display", [], { DISPLAY: undefined }, 1, /^there is no display/],
  ["a display that is not there", [], { DISPLAY: ":4711" }, 1, /no display/],
] as const)
  test(`${what} is said in a line`, async () => {
    const program = start(what.replaceAll(" ", "-"), [...args], env);
    await program.line(words);
    assert.equal(await program.exited, code);
  });
