import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { root } from "../../support/paths.ts";
import { atEnd } from "../../support/processes.ts";

/** Converse.js with its own form for signing in: what the page is measured against. */

const dist = join(root, "node_modules/converse.js/dist");
const index = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Converse</title>
<link rel="stylesheet" href="/dist/converse.min.css"><script type="module" src="/dist/converse.min.js"></script></head>
<body class="converse-fullscreen"><script type="module">
converse.initialize({ view_mode: "fullscreen", authentication: "login", assets_path: "/dist/", i18n: "en", theme: "classic", discover_connection_methods: false,
  websocket_url: location.origin.replace("http", "ws") + "/xmpp-websocket" });
</script></body></html>`;
const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".png": "image/png",
};
/** Packed already. */
const packed = new Set([".woff2", ".png"]);

/** @returns its address. Every file is packed once and then kept, as a good server would. */
export async function serveConverse(): Promise<string> {
  const kept = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname));
    const file = join(dist, path.replace(/^\/dist\//, "/"));
    const isIndex = path === "/";
    if (!isIndex && !(path.startsWith("/dist/") && existsSync(file) && statSync(file).isFile())) return response.writeHead(404).end();
    const extension = isIndex ? ".html" : extname(file);
    let body = kept.get(path);
    if (body === undefined) {
      const plain = isIndex ? Buffer.from(index) : readFileSync(file);
      body = packed.has(extension) ? plain : brotliCompressSync(plain);
      kept.set(path, body);
    }
    response.setHeader("content-type", types[extension] ?? "application/octet-stream");
    response.setHeader("cache-control", "max-age=31536000, immutable");
    if (!packed.has(extension)) response.setHeader("content-encoding", "br");
    return response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
