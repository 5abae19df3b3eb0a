// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { after, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { Capture, classify, httpMessages, tcpStreams, udpSockets, webSocketFrames } from "./capture.ts";
import { makeRunFolder } from "./paths.ts";
import { atEnd, endAll } from "./processes.ts";

const logs = makeRunFolder("capture");
after(endAll);

test("packets are told apart by their first byte", () => {
  const stun = Buffer.alloc(20);
  stun.writeUInt32BE(0x2112a442, 4);
  assert.equal(classify(stun), "stun");
  assert.equal(classify(Buffer.alloc(20)), "other");
  assert.equal(classify(Buffer.from([22, 254, 253])), "dtls");
  assert.equal(classify(Buffer.from([0x40, 0, 0, 4])), "turn channel");
  assert.equal(classify(Buffer.from([128, 111, 0, 0, 0, 0, 0, 0])), "rtp");
  assert.equal(classify(Buffer.from([128, 111 | 128, 0, 0, 0, 0, 0, 0])), "rtp");
  assert.equal(classify(Buffer.from([129, 201, 0, 7, 0, 0, 0, 0])), "rtcp");
  assert.equal(classify(Buffer.from('{"t":"ok"}')), "other");
});

test("a capture sees UDP with its marking and a WebSocket with its frames", async () => {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  atEnd(() => void http.close());
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const port = (http.address() as AddressInfo).port;
  server.on("connection", (socket) => socket.on("message", (data: Buffer) => socket.send(`${data.toString()} back`)));
  const udp = createSocket("udp4");
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  const capture = await Capture.start("both", logs, `udp port ${udp.address().port} or tcp port ${port}`);
  udp.send(Buffer.from([128, 111, 0, 1, 0, 0, 0, 0]), udp.address().port, "127.0.0.1");
  const client = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
  const long = "x".repeat(70_000);
  const answers: string[] = [];
  await new Promise<void>((resolve) => {
    client.on("open", () => ["hello", "y".repeat(300), long].forEach((text) => client.send(text)));
    client.on("message", (data: Buffer) => answers.push(data.toString()) === 3 && resolve());
  });
  await capture.seen("the end of the answer", (packet) => packet.sourcePort === port && packet.payload.toString("latin1").endsWith("x back"));
  assert.deepEqual(
    (await udpSockets(process.pid)).map((socket) => socket.port),
    [udp.address().port],
  );
  client.terminate();
  udp.close();
  server.close();
  const packets = await capture.stop();
  assert.equal(packets.filter((packet) => packet.protocol === "udp" && classify(packet.payload) === "rtp" && packet.dscp === 0).length, 1);
  const texts = tcpStreams(packets).map((stream) =>
    webSocketFrames(stream.bytes)
      .filter((frame) => frame.opcode === 1)
      .map((frame) => frame.payload.toString()),
  );
  assert.deepEqual(
    texts.find((list) => list[0] === "hello"),
    ["hello", "y".repeat(300), long],
  );
  assert.deepEqual(texts.find((list) => list[0] === "hello back")?.[2], `${long} back`);
});

test("plain HTTP is read message by message, and nothing else passes for it", () => {
  const both = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n";
  const read = httpMessages(Buffer.from(both)).map(({ start, headers, body }) => [start, headers.get("content-type"), body.toString()]);
  assert.deepEqual(read, [
    ["HTTP/1.1 200 OK", "text/html", "hi"],
    ["HTTP/1.1 304 Not Modified", undefined, ""],
  ]);
  for (const wrong of [`${both}voice`, both.slice(0, 60), "voice\r\n\r\n"]) assert.throws(() => httpMessages(Buffer.from(wrong)), wrong);
});

test("bytes that are no WebSocket are refused", () => {
  assert.throws(() => webSocketFrames(Buffer.from([0xf0, 0x6f, 0, 1, 2, 3])));
});
