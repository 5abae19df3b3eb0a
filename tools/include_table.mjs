// Which folder may include what: the house rules of docs/architecture.md as data, and the check that reads it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cpp, sources } from "./sources.mjs";

/** Groups of headers that are not the project's own, the first match counts. */
const libraries = [
  ["boost-beast", /^boost\/beast\b/],
  ["boost-asio", /^boost\/asio\b/],
  ["boost-json", /^boost\/json\b/],
  ["boost-system", /^boost\/(system|core|config|throw_exception|assert)\b/],
  ["openssl", /^openssl\//],
  ["zlib", /^zlib\.h$/],
  ["sqlite", /^sqlite3\.h$/],
  ["argon2", /^argon2\.h$/],
  ["qrencode", /^qrencode\.h$/],
  ["opus", /^opus(_\w+)?\.h$/],
  ["srtp", /^srtp2\//],
  ["usrsctp", /^usrsctp\.h$/],
  ["nice", /^(nice\/|stun\/|agent\.h$|glib|gio\/)/],
  ["speex", /^speex\//],
  ["webrtc-audio-processing", /^(webrtc|modules\/audio_processing)\//],
  ["pulse", /^pulse\//],
  ["imgui", /^(imgui|imstb_|misc\/freetype\/imgui_)/],
  ["sdl", /^SDL\.h$/],
  ["emscripten", /^emscripten/],
  ["googletest", /^(gtest|gmock)\//],
  ["sanitizer", /^(sanitizer|fuzzer)\//],
  ["posix", /^((sys|netinet|arpa|net|linux|bits)\/.*\.h|(unistd|fcntl|poll|pthread|sched|signal|termios|netdb|dirent|pwd|grp|ifaddrs|syslog|dlfcn|getopt|endian|spawn|malloc)\.h)$/],
  ["standard", /^[a-z_]+$|^(math|stdint|stddef|stdlib|string|stdio|errno|time|limits)\.h$/],
];

/**
 * Folder → folders of the project and groups of libraries that it may include beside itself. The longest matching folder counts,
 * so that a part may have more than the whole.
 */
export const table = {
  core: ["standard"],
  "core/protocol": ["core", "standard", "boost-json", "boost-system"],
  media: ["core/base", "standard", "posix", "opus", "srtp", "usrsctp", "nice", "openssl", "speex", "webrtc-audio-processing", "pulse"],
  net: ["core", "standard", "posix", "boost-asio", "boost-beast", "boost-json", "boost-system", "openssl", "zlib"],
  "native-host": ["core", "media", "net", "standard", "posix", "boost-asio", "boost-json", "boost-system"],
  service: ["core", "net", "standard", "posix", "boost-asio", "boost-json", "boost-system", "openssl", "sqlite", "argon2", "qrencode", "zlib"],
  shell: ["core", "standard", "imgui"],
  wasm: ["core", "shell", "standard", "imgui"],
  "wasm/platform": ["wasm", "core", "shell", "standard", "imgui", "emscripten", "boost-json", "boost-system"],
  window: ["core", "shell", "wasm/page_program.hpp", "standard", "posix", "sdl"],
  tools: ["core", "standard"],
  tests: ["*"],
};

const within = (path, folder) => path === folder || path.startsWith(`${folder}/`);

function ruleOf(file) {
  return Object.keys(table)
    .filter((folder) => within(file, folder))
    .sort((a, b) => b.length - a.length)[0];
}

/** What an include names: a path of the project, a group of libraries, or nothing known. */
function targetOf(quoted, name) {
  if (quoted) return name;
  return libraries.find(([, pattern]) => pattern.test(name))?.[0];
}

/** @returns {string | undefined} why `file` may not include `name` */
function fault(file, quoted, name) {
  const rule = ruleOf(file);
  if (rule === undefined) return "stands in a folder that the table does not name";
  const allowed = table[rule];
  if (allowed.includes("*")) return undefined;
  const target = targetOf(quoted, name);
  if (target === undefined) return `<${name}> is in no group of the table`;
  if (quoted) {
    // A folder may include itself; a part of a folder may include that part.
    if (within(target, rule) || allowed.some((folder) => within(target, folder))) return undefined;
    return `${rule} may not include ${target.split("/").slice(0, 2).join("/")}`;
  }
  return allowed.includes(target) ? undefined : `${rule} may not include ${target}`;
}

/**
 * @param {string} root
 * @returns {string[]} one line for each fault: file:line: why
 */
export function checkIncludes(root) {
  const faults = [];
  for (const file of sources(root, cpp)) {
    const lines = readFileSync(join(root, file), "utf8").split("\n");
    lines.forEach((line, index) => {
      const at = `${file}:${index + 1}`;
      const include = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(line);
      const why = include && fault(file, include[1] === '"', include[2]);
      if (why) faults.push(`${at}: ${why}`);
      if (/^\s*#.*__EMSCRIPTEN__/.test(line) && !within(file, "wasm/platform")) faults.push(`${at}: __EMSCRIPTEN__ stands only in wasm/platform`);
    });
  }
  return faults;
}
