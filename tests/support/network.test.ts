// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { after, test } from "node:test";
import { TwoNats } from "./nat.ts";
import { makeRunFolder } from "./paths.ts";
import { endAll, run, within } from "./processes.ts";
import { TurnServer } from "./turn.ts";

const logs = makeRunFolder("network");
after(endAll);

/** One STUN binding request (RFC 8489 §5). */
function stunRequest(): Buffer {
  const request = Buffer.alloc(20);
  request.writeUInt16BE(1, 0);
  request.writeUInt32BE(0x2112a442, 4);
  request.write("sidetone-tst", 8);
  return request;
}

test("coturn answers STUN and refuses an allocation without a password", async () => {
  const server = await TurnServer.start("coturn", logs);
  const socket = createSocket("udp4");
  const answers: Buffer[] = [];
  const two = new Promise<void>((resolve) => socket.on("message", (message) => answers.push(message) === 2 && resolve()));
  const allocate = stunRequest();
  allocate.writeUInt16BE(3, 0);
  socket.send(stunRequest(), server.port, server.address);
  socket.send(allocate, server.port, server.address);
  await within(two, "two answers");
  assert.deepEqual(
    answers.map((answer) => answer.readUInt16BE(0)).sort((a, b) => a - b),
    [0x0101, 0x0113],
  );
  socket.close();
  await server.stop();
});

const udp = (script: string): string[] => ["-e", `const s=require('dgram').createSocket('udp4');${script}`];

test("the NATs show an outer address, keep out strangers and let punched packets through", async () => {
  const nats = await TwoNats.start();
  const server = await TurnServer.start("stun", logs, { address: nats.internetAddress, port: 3478, prefix: nats.at("internet") });
  const [command = "", ...words] = nats.at("left");
  const outer = await run(command, [
    ...words,
    process.execPath,
    ...udp(`s.on('message',m=>{const p=m.indexOf(Buffer.from([0,32,0,8]));
      console.log([...m.subarray(p+8,p+12)].map((b,i)=>b^[0x21,0x12,0xa4,0x42][i]).join('.'),m.readUInt16BE(p+6)^0x2112);s.close()});
      s.bind(41000,()=>s.send(Buffer.from('${stunRequest().toString("hex")}','hex'),3478,'${nats.internetAddress}'))`),
  ]);
  assert.equal(outer.trim(), "203.0.113.11 41000");
  const [, ...rightWords] = nats.at("right");
  const [, ...strangerWords] = nats.at("internet");
  const listener = run(command, [
    ...words,
    process.execPath,
    ...udp(`const heard=[];s.on('message',m=>{heard.push(m.toString());if(m.toString()==='again'){console.log(heard.join());s.close()}});
      s.bind(42000,()=>{setInterval(()=>s.send('punch',42000,'203.0.113.12'),100).unref()})`),
  ]);
  await run(command, [...strangerWords, process.execPath, ...udp(`s.send('stranger',42000,'203.0.113.11',()=>s.close())`)]);
  await run(command, [
    ...rightWords,
    process.execPath,
    ...udp(`s.on('message',()=>s.send('again',42000,'203.0.113.11',()=>process.exit()));s.bind(42000,()=>s.send('first',42000,'203.0.113.11'))`),
  ]);
  const heard = await listener;
  assert.match(heard, /again/);
  assert.doesNotMatch(heard, /stranger/);
  await server.stop();
  await nats.stop();
  assert.doesNotMatch(await run("ip", ["netns", "list"]), new RegExp(`sidetone-${process.pid}-`));
});
