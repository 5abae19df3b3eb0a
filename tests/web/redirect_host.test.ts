import assert from "node:assert/strict";
import { test } from "node:test";
import { HostLostError, PeerConnection, redirect } from "../../web/redirect/index.ts";
import { FakeHost, recorded, settled, withMicrophone } from "./fake_host.ts";

const remoteOffer = ["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0", "a=sendrecv", "a=msid:far track", ""].join("\r\n");

test("a lost way rejects what waits, leaves the connection alone, and is found again", async () => {
  const { host, connection, track } = await withMicrophone();
  connection.addTrack(track);
  await connection.setLocalDescription();
  host.hold.add("stats_get");
  const waits = connection.getStats();
  await settled();
  const events = recorded(connection, "hostlost", "hostattached", "connectionstatechange");
  host.lose("the cable");
  await assert.rejects(waits, (error) => error instanceof HostLostError && /the cable/.test(error.message));
  assert.equal(connection.connectionState, "new");
  host.hold.clear();
  host.only().info.y = "connected";
  await connection.getStats();
  assert.equal(host.opened, 2);
  assert.equal(connection.connectionState, "connected");
  assert.deepEqual(events, ["hostlost", "hostattached", "connectionstatechange"]);
});

test("a connection that the host lost meanwhile is closed", async () => {
  const { host, connection, mediaDevices } = await withMicrophone();
  await settled();
  host.lose("restarted");
  host.peers.clear();
  const events = recorded(connection, "connectionstatechange");
  await mediaDevices.enumerateDevices();
  assert.equal(connection.connectionState, "closed");
  assert.deepEqual(events, ["connectionstatechange"]);
});

test("a connection that is made while the way is lost is none that the host has closed", async () => {
  const host = new FakeHost();
  const { RTCPeerConnection, mediaDevices } = redirect(host.connection());
  await mediaDevices.enumerateDevices();
  host.lose("the cable");
  const made = new RTCPeerConnection();
  await made.createOffer();
  assert.equal(made.signalingState, "stable");
  assert.ok(host.peers.has(made.id));
});

test("what is closed while the way is lost ends in the host when the way is back, once", async () => {
  const { host, connection, track } = await withMicrophone();
  await connection.setLocalDescription();
  host.unreachable = "the cable";
  host.lose("the cable");
  track.stop();
  connection.close();
  await settled();
  assert.equal(host.peers.size, 1);
  host.unreachable = "";
  await connection.host.attach();
  await settled();
  assert.equal(host.peers.size, 0);
  assert.equal(host.requests("track_stop").length, 1);
  host.lose("the cable");
  await connection.host.attach();
  await settled();
  assert.equal(host.requests("peer_close").length, 1);
});

test("a host that cannot be reached is said at once, with the reason", async () => {
  const host = new FakeHost();
  host.unreachable = "nobody listens";
  const { RTCPeerConnection, mediaDevices } = redirect(host.connection());
  await assert.rejects(mediaDevices.getUserMedia({ audio: true }), /nobody listens/);
  await assert.rejects(new RTCPeerConnection().createOffer(), /nobody listens/);
});

test("a client that takes a connection up sees that its microphone is off, and may switch it on", async () => {
  const { host, connection, track } = await withMicrophone();
  connection.addTrack(track);
  await connection.setLocalDescription();
  track.enabled = false;
  await settled();
  const later = host.connection();
  const info = (await later.attach()).l?.[0];
  assert.ok(info);
  const [taken] = PeerConnection.attach(later, info).getSenders();
  assert.equal(taken?.track?.enabled, false);
  if (taken?.track) taken.track.enabled = true;
  await settled();
  assert.equal(host.tracks.get(track.id)?.enabled, true);
});

test("a later client takes a connection up", async () => {
  const { host, connection, track } = await withMicrophone();
  connection.addTrack(track);
  const channel = connection.createDataChannel("identity");
  await connection.setLocalDescription();
  await connection.setRemoteDescription({ type: "answer", sdp: remoteOffer });
  Object.assign(host.only().info, { y: "connected", z: "connected" });
  host.only().info.d = [{ i: channel.hostId, n: "identity", x: "", o: true }];
  connection.release();
  assert.equal(host.peers.size, 1, "letting go closes nothing");

  const later = host.connection();
  const info = (await later.attach()).l?.[0];
  assert.ok(info);
  const taken = PeerConnection.attach(later, info);
  assert.equal(taken.connectionState, "connected");
  assert.equal(taken.getSenders()[0]?.track?.id, track.id);
  assert.equal(taken.channel("identity")?.readyState, "open");
  const events = recorded(taken, "negotiationneeded");
  await settled();
  assert.deepEqual(events, []);
  taken.close();
  await settled();
  assert.equal(host.peers.size, 0);
});

test("when another client attaches, the next request takes the host back", async () => {
  const { host, connection } = await withMicrophone();
  host.say({ t: "detached" });
  assert.equal(connection.host.state, "detached");
  await connection.getStats();
  assert.equal(connection.host.state, "attached");
  assert.equal(host.requests("attach").length, 2);
  assert.equal(host.opened, 1, "over the same transport");
});

test("what is too long for its way is refused here, at its limit", async () => {
  const { host, connection } = await withMicrophone();
  const channel = connection.createDataChannel("c");
  await settled();
  host.say({ t: "channel_opened", p: connection.id, i: (host.requests("channel_create")[0] as { i: string }).i, n: "c", x: "", l: 1 });
  const link = connection.host;
  const send = (x: string) => link.request({ t: "channel_message", p: connection.id, i: channel.label, x });
  await send("x".repeat(48_000));
  const before = host.received.length;
  await assert.rejects(send("x".repeat(50_000)), /channel_message: the request is longer than 49152 bytes/);
  await assert.rejects(send('"'.repeat(17_000)), /65536 on its way through the service/); // four bytes each, there
  assert.equal(host.received.length, before, "it was sent all the same");
  await send('"'.repeat(15_000));
});

test("a host that talks rubbish is left", async () => {
  const { host, connection } = await withMicrophone();
  host.hold.add("stats_get");
  const waits = connection.getStats();
  await settled();
  host.sayText("{");
  await assert.rejects(waits, HostLostError);
  assert.equal(host.closed, 1, "and told so");

  host.hold.clear();
  await connection.getStats();
  assert.equal(host.opened, 2);
  const events = recorded(connection, "connectionstatechange", "hostlost");
  host.sayLate({ t: "peer_state", p: connection.id, s0: "closed", y: "closed", z: "closed", w: "complete" });
  host.loseLate();
  assert.deepEqual(events, [], "what comes late by the old way is nothing");
  assert.equal(connection.host.state, "attached");
});
