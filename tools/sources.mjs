// The project's own files, whether they are committed or not.
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** Folders that hold code, in the order of docs/architecture.md. */
export const folders = ["core", "media", "net", "native-host", "service", "shell", "wasm", "window", "web", "tests", "tools"];

/**
 * @param {string} root
 * @param {string[]} endings  such as ".cpp"
 * @returns {string[]} paths from the root, sorted
 */
export function sources(root, endings) {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
        .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name))),
    )
    .sort();
}

export const cpp = [".cpp", ".hpp"];
export const scripts = [".ts", ".mjs"];
