import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { nodePlatform } from "../../web/client/node.ts";

const body = JSON.stringify({ t: "directory", l: Array.from({ length: 200 }, (_, i) => ({ i, n: `Somebody ${i}` })) });
const asked: IncomingHttpHeaders[] = [];
const server = createServer((request, response) => {
  asked.push(request.headers);
  const packed = request.url === "/packed" && request.headers["accept-encoding"] === "gzip";
  const bytes = request.url === "/broken" ? Buffer.from("no gzip") : gzipSync(body);
  if (packed || request.url === "/broken") response.setHeader("content-encoding", "gzip");
  response.end(packed || request.url === "/broken" ? bytes : body);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
after(() => server.close());
const { port } = server.address() as AddressInfo;
const get = (path: string) => nodePlatform().get(new URL(`http://127.0.0.1:${port}${path}`), { authorization: "Bearer x" });

test("what is fetched under node comes compressed, and is unpacked", async () => {
  const there = { status: 200, body: Buffer.from(body) };
  assert.deepEqual(await get("/packed"), there);
  assert.equal(asked.at(-1)?.["accept-encoding"], "gzip");
  assert.equal(asked.at(-1)?.authorization, "Bearer x");
  assert.deepEqual(await get("/plain"), there);
  await assert.rejects(get("/broken"), /header/);
});
