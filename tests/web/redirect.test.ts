import assert from "node:assert/strict";
import { test } from "node:test";
import { OverconstrainedError, PeerConnection, redirect } from "../../web/redirect/index.ts";
import { FakeHost, recorded, settled, withMicrophone } from "./fake_host.ts";

const remoteOffer = ["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0", "a=sendrecv", "a=msid:far track", ""].join("\r\n");

const withKeys = remoteOffer.replace("SAVPF 111\r\n", "SAVPF 111 110\r\na=rtpmap:110 telephone-event/48000\r\n");

const named = (name: string) => (error: unknown) => error instanceof DOMException && error.name === name;

test("a caller goes through the states of the W3C, with events in order", async () => {
  const { host, connection, track, stream } = await withMicrophone();
  const events = recorded(connection, "negotiationneeded", "signalingstatechange", "icegatheringstatechange", "iceconnectionstatechange", "connectionstatechange", "icecandidate");
  connection.addTrack(track, stream);
  await settled();
  assert.deepEqual(events, ["negotiationneeded"]);
  await connection.setLocalDescription();
  assert.equal(connection.signalingState, "have-local-offer");
  assert.equal(connection.localDescription?.type, "offer");
  assert.equal(connection.getTransceivers()[0]?.mid, "0");
  const p = connection.id;
  host.say({ t: "peer_state", p, s0: "have-local-offer", y: "new", z: "new", w: "gathering" });
  host.say({ t: "candidate_found", p, a: "candidate:1 1 udp 1 10.0.0.1 5000 typ host", m: "0", l: 0, u: "u" });
  host.say({ t: "peer_state", p, s0: "have-local-offer", y: "new", z: "new", w: "complete" });
  await connection.setRemoteDescription({ type: "answer", sdp: remoteOffer });
  host.say({ t: "peer_state", p, s0: "stable", y: "connecting", z: "checking", w: "complete" });
  host.say({ t: "peer_state", p, s0: "stable", y: "connected", z: "connected", w: "complete" });
  await settled();
  assert.deepEqual(events, [
    "negotiationneeded",
    "signalingstatechange",
    "icegatheringstatechange",
    "icecandidate",
    "icegatheringstatechange",
    "icecandidate",
    "signalingstatechange",
    "iceconnectionstatechange",
    "connectionstatechange",
    "iceconnectionstatechange",
    "connectionstatechange",
  ]);
  assert.equal(connection.connectionState, "connected");
  assert.match(connection.localDescription?.sdp ?? "", /a=candidate:1 1 udp/);
  const { r: _, ...create } = host.requests("peer_create")[0] as unknown as Record<string, unknown>;
  assert.deepEqual(create, { t: "peer_create", p, g: "", ice: [{ u: "stun:a", n: "n", p: "p" }, { u: "turn:b", n: "n", p: "p" }], z: false });
});

test("a callee hears of the far end's track before setRemoteDescription resolves", async () => {
  const { connection, track, stream } = await withMicrophone();
  const order: string[] = [];
  connection.ontrack = ({ streams, transceiver }) => order.push(`track ${streams[0]?.id} ${transceiver.mid}`);
  await connection.setRemoteDescription({ type: "offer", sdp: remoteOffer });
  order.push("set");
  assert.deepEqual(order, ["track far 0", "set"]);
  connection.addTrack(track, stream);
  assert.equal(connection.getTransceivers().length, 1, "the far end's transceiver is used");
  assert.equal(connection.getTransceivers()[0]?.direction, "sendrecv");
  const answer = await connection.createAnswer();
  await connection.setLocalDescription(answer);
  assert.equal(connection.signalingState, "stable");
  assert.equal(connection.currentRemoteDescription?.type, "offer");
});

test("operations are chained: the second waits for the first", async () => {
  const { host, connection } = await withMicrophone();
  connection.addTransceiver("audio");
  await settled();
  host.hold.add("offer_create");
  const offer = connection.createOffer();
  const set = connection.setLocalDescription();
  await settled();
  assert.equal(host.requests("local_set").length, 0);
  host.release();
  await Promise.all([offer, set]);
  assert.equal(host.requests("local_set").length, 1);
});

test("what does not fit the state is refused by name", async () => {
  const { host, connection, track } = await withMicrophone();
  await assert.rejects(connection.createAnswer(), named("InvalidStateError"));
  await assert.rejects(connection.addIceCandidate({ candidate: "candidate:1", sdpMid: "0" }), named("InvalidStateError"));
  await assert.rejects(connection.addIceCandidate({ candidate: "candidate:1" }), TypeError);
  assert.throws(() => connection.addTransceiver("video"), TypeError);
  connection.addTrack(track);
  assert.throws(() => connection.addTrack(track), named("InvalidAccessError"));
  assert.throws(() => connection.createDataChannel("x", { maxRetransmits: 1, maxPacketLifeTime: 1 }), TypeError);
  host.refuse.set("remote_set", "malformed");
  await assert.rejects(connection.setRemoteDescription({ type: "offer", sdp: "rubbish" }), named("InvalidAccessError"));
  assert.equal(connection.signalingState, "stable", "a refused description changes nothing");
  connection.close();
  assert.equal(connection.signalingState, "closed");
  assert.throws(() => connection.createDataChannel("x"), named("InvalidStateError"));
  await assert.rejects(connection.createOffer(), named("InvalidStateError"));
});

test("closing fires nothing, closes the host's connection, and rejects what waits", async () => {
  const { host, connection } = await withMicrophone();
  connection.addTransceiver("audio");
  await settled();
  const events = recorded(connection, "connectionstatechange", "signalingstatechange", "iceconnectionstatechange");
  host.hold.add("offer_create");
  const first = connection.createOffer();
  const waits = connection.setLocalDescription();
  const refused = assert.rejects(waits, named("InvalidStateError"));
  await settled();
  connection.close();
  host.release();
  await first;
  await refused;
  await settled();
  assert.deepEqual(events, []);
  assert.equal(host.peers.size, 0);
});

test("an offer of mine gives way to the far end's: rollback", async () => {
  const { host, connection, track } = await withMicrophone();
  connection.addTrack(track);
  await connection.setLocalDescription();
  await connection.setRemoteDescription({ type: "offer", sdp: remoteOffer });
  assert.deepEqual(host.requests("local_set").map((one) => (one as { y?: string }).y), [undefined, "rollback"]);
  assert.equal(connection.signalingState, "have-remote-offer");
});

test("restartIce asks for a negotiation, and its offer restarts", async () => {
  const { host, connection, track } = await withMicrophone();
  connection.addTrack(track);
  await connection.setLocalDescription();
  await connection.setRemoteDescription({ type: "answer", sdp: remoteOffer });
  await settled();
  const events = recorded(connection, "negotiationneeded");
  connection.restartIce();
  await settled();
  assert.deepEqual(events, ["negotiationneeded"]);
  await connection.createOffer();
  assert.equal((host.requests("offer_create")[0] as { z?: boolean }).z, true);
});

test("data channels open, carry text and bytes, and close", async () => {
  const { host, connection } = await withMicrophone();
  const channel = connection.createDataChannel("mine", { protocol: "x" });
  assert.throws(() => channel.send("too early"), named("InvalidStateError"));
  const events = recorded(channel, "open", "message", "close");
  await settled();
  const p = connection.id;
  host.say({ t: "channel_opened", p, i: channel.hostId, n: "mine", x: "x", l: 1 });
  assert.equal(channel.readyState, "open");
  assert.equal(channel.id, 1);
  const heard: unknown[] = [];
  channel.onmessage = ({ data }) => heard.push(data);
  host.say({ t: "channel_message", p, i: channel.hostId, x: "text" });
  host.say({ t: "channel_message", p, i: channel.hostId, z: true, x: "AQID" });
  assert.equal(heard[0], "text");
  assert.deepEqual(new Uint8Array(heard[1] as ArrayBuffer), new Uint8Array([1, 2, 3]));
  channel.send(new Uint8Array([1, 2, 3]));
  assert.equal(channel.bufferedAmount, 3);
  await settled();
  assert.equal(channel.bufferedAmount, 0);
  assert.deepEqual(host.requests("channel_message").map((one) => (one as { x: string }).x), ["AQID"]);
  assert.throws(() => channel.send("x".repeat(17_000)), TypeError);
  assert.throws(() => channel.send(new Blob(["x".repeat(13_000)])), TypeError);
  channel.close();
  await settled();
  assert.equal(channel.readyState, "closed");
  assert.deepEqual(events, ["open", "message", "message", "close"]);
});

test("a data channel that does not end in order says why before it closes", async () => {
  const { host, connection } = await withMicrophone();
  const channel = connection.createDataChannel("mine");
  const events = recorded(channel, "error", "close");
  let fault: RTCError | undefined;
  channel.onerror = (event) => (fault = event.error);
  await settled();
  host.say({ t: "channel_opened", p: connection.id, i: channel.hostId, n: "mine", x: "", l: 1 });
  host.say({ t: "channel_closed", p: connection.id, i: channel.hostId, x: "a message is longer than 12288 bytes" });
  assert.deepEqual(events, ["error", "close"]);
  assert.equal(fault?.errorDetail, "data-channel-failure");
  assert.equal(fault.message, "a message is longer than 12288 bytes");
});

test("a Blob keeps its place among what is sent, and counts as buffered at once", async () => {
  const { host, connection } = await withMicrophone();
  const channel = connection.createDataChannel("mine");
  await settled();
  host.say({ t: "channel_opened", p: connection.id, i: channel.hostId, n: "mine", x: "", l: 1 });
  channel.send("one");
  channel.send(new Blob(["two"]));
  channel.send("three");
  assert.equal(channel.bufferedAmount, 11);
  channel.close();
  while (channel.readyState !== "closed") await settled();
  const sent = host.received.flatMap((one) => (one.t === "channel_message" ? [one.x] : one.t === "channel_close" ? ["close"] : []));
  assert.deepEqual(sent, ["one", "dHdv", "three", "close"]);
  assert.equal(channel.bufferedAmount, 0);
});

test("a data channel of the far end is announced, then open", async () => {
  const { host, connection } = await withMicrophone();
  const order: string[] = [];
  connection.ondatachannel = ({ channel }) => {
    order.push(`${channel.label} ${channel.readyState}`);
    channel.onopen = () => order.push("open");
  };
  await settled();
  host.say({ t: "channel_opened", p: connection.id, i: "~1", n: "theirs", x: "", l: 2, z: true });
  assert.deepEqual(order, ["theirs connecting", "open"]);
});

test("a microphone is muted, changed, lost and brought back", async () => {
  const { host, track, mediaDevices } = await withMicrophone();
  host.microphones = ["mic", "headset"];
  track.enabled = false;
  await settled();
  assert.equal(host.tracks.get(track.id)?.enabled, false);
  const events = recorded(track, "ended");
  host.say({ t: "track_ended", k: track.id, x: "unplugged" });
  assert.equal(track.readyState, "ended");
  assert.deepEqual(events, ["ended"]);
  await (track as unknown as { setDevice(id: string): Promise<void> }).setDevice("headset");
  assert.equal(track.readyState, "live");
  assert.equal(host.tracks.get(track.id)?.device, "headset");
  track.stop();
  await settled();
  assert.equal(host.requests("track_stop").length, 1);
  host.refuse.set("track_capture", "unavailable");
  await assert.rejects(mediaDevices.getUserMedia({ audio: true }), named("NotFoundError"));
  await assert.rejects(mediaDevices.getUserMedia({ video: true }), named("NotFoundError"));
  await assert.rejects(mediaDevices.getUserMedia({}), TypeError);
});

test("constraints say what the host does to the sound, and leave it to the host where they do not", async () => {
  const { host, mediaDevices } = await withMicrophone();
  const asked = (type: "track_capture" | "track_set") => {
    const message = host.requests(type).at(-1);
    assert.ok(message?.t === "track_capture" || message?.t === "track_set");
    return { c: message.c, n: message.n, g: message.g };
  };
  assert.deepEqual(asked("track_capture"), { c: undefined, n: undefined, g: undefined });
  const audio = { echoCancellation: { exact: true }, noiseSuppression: false, autoGainControl: { ideal: false } };
  const track = (await mediaDevices.getUserMedia({ audio })).getAudioTracks()[0]!;
  assert.deepEqual(asked("track_capture"), { c: true, n: false, g: false });
  assert.deepEqual(track.getConstraints(), audio);
  await track.applyConstraints({ echoCancellation: false });
  assert.deepEqual(asked("track_set"), { c: false, n: undefined, g: undefined });
  await track.applyConstraints(audio);
  track.clone();
  await settled();
  assert.equal(host.requests("track_capture").length, 3);
  assert.deepEqual(asked("track_capture"), { c: true, n: false, g: false });
  assert.equal(mediaDevices.getSupportedConstraints().echoCancellation, true);
});

test("a device that is preferred gives way to the default one, and one that is demanded does not", async () => {
  const { host, mediaDevices, track } = await withMicrophone();
  host.microphones = ["mic", "headset"];
  const deviceOf = async (deviceId: ConstrainDOMString) => {
    const [got] = (await mediaDevices.getUserMedia({ audio: { deviceId } })).getTracks();
    assert.equal(host.tracks.get(got?.id ?? "")?.device, got?.getSettings().deviceId);
    return got?.getSettings().deviceId;
  };
  assert.equal(await deviceOf("headset"), "headset");
  assert.equal(await deviceOf("gone"), "");
  assert.equal(await deviceOf({ ideal: ["gone", "headset"] }), "headset");
  assert.equal(await deviceOf({ exact: ["gone", "headset"] }), "headset");
  const overconstrained = (error: unknown) => error instanceof OverconstrainedError && error.name === "OverconstrainedError" && error.constraint === "deviceId";
  await assert.rejects(deviceOf({ exact: "gone" }), overconstrained);
  await track.applyConstraints({ deviceId: "gone" });
  assert.equal(track.getSettings().deviceId, "");
  await assert.rejects(track.applyConstraints({ deviceId: { exact: "gone" } }), overconstrained);
  await track.applyConstraints({ deviceId: "headset" });
  assert.equal(host.tracks.get(track.id)?.device, "headset");
  host.microphones = [];
  await assert.rejects(deviceOf({ exact: "gone" }), named("NotFoundError"));
});

test("devices are listed, and their changes told", async () => {
  const { host, mediaDevices } = await withMicrophone();
  const [device] = await mediaDevices.enumerateDevices();
  assert.deepEqual({ ...(device?.toJSON() as object) }, { deviceId: "mic", groupId: "", kind: "audioinput", label: "Microphone" });
  const events = recorded(mediaDevices, "devicechange");
  host.say({ t: "media_devices", l: [] });
  assert.deepEqual(events, ["devicechange"]);
});

test("replaceTrack and setPlayout reach the host", async () => {
  const { host, connection, track, mediaDevices } = await withMicrophone();
  host.microphones = ["mic", "headset"];
  const sender = connection.addTrack(track);
  const [other] = (await mediaDevices.getUserMedia({ audio: { deviceId: { exact: "headset" } } })).getTracks();
  await sender.replaceTrack(other ?? null);
  assert.equal(sender.track, other);
  assert.equal((host.requests("transceiver_set").at(-1) as { k?: string }).k, other?.id);
  await connection.getReceivers()[0]?.setPlayout({ volume: 0.5, deviceId: "speaker" });
  const { i, l, z } = host.requests("playout_set")[0] as { i: string; l: number; z: boolean };
  assert.deepEqual({ i, l, z }, { i: "speaker", l: 50, z: false });
});

test("keys are pressed in the words of the W3C, and what becomes of them is told", async () => {
  const { host, connection, track, stream } = await withMicrophone();
  const { dtmf } = connection.addTrack(track, stream);
  const p = connection.id;
  await connection.setLocalDescription();
  await connection.setRemoteDescription({ type: "answer", sdp: withKeys });
  assert.equal(dtmf.canInsertDTMF, false, "not before it is connected");
  assert.throws(() => dtmf.insertDTMF("1"), named("InvalidStateError"));
  host.say({ t: "peer_state", p, s0: "stable", y: "connected", z: "connected", w: "complete" });
  assert.equal(dtmf.canInsertDTMF, true);
  assert.throws(() => dtmf.insertDTMF("12E"), named("InvalidCharacterError"));
  assert.equal(dtmf.toneBuffer, "");

  const told: string[] = [];
  dtmf.ontonechange = ({ tone }) => told.push(`${tone}|${dtmf.toneBuffer}`);
  dtmf.insertDTMF("1d,", 10, 9000);
  assert.equal(dtmf.toneBuffer, "1D,");
  await settled();
  const ordered = () => {
    const { r: _, ...order } = host.requests("dtmf_insert").at(-1) as unknown as Record<string, unknown>;
    return order;
  };
  assert.deepEqual(ordered(), { t: "dtmf_insert", p, x: "1D,", e: 40, w: 6000, z: true });
  host.say({ t: "dtmf_tone", p, x: "1", y: "D," });
  // What is added goes alone: the host is a key further on before it hears of it, and no key must sound twice.
  dtmf.insertDTMF(`${dtmf.toneBuffer}5`);
  host.say({ t: "dtmf_tone", p, x: "D", y: "," });
  await settled();
  assert.deepEqual(ordered(), { t: "dtmf_insert", p, x: "5", e: 100, w: 70, z: true });
  host.say({ t: "dtmf_tone", p, x: ",", y: "5" });
  dtmf.insertDTMF("8");
  assert.equal(dtmf.toneBuffer, "8");
  host.say({ t: "dtmf_tone", p, x: "5", y: "" });
  await settled();
  assert.deepEqual(ordered(), { t: "dtmf_insert", p, x: "8", e: 100, w: 70, z: false });
  host.say({ t: "dtmf_tone", p, x: "8", y: "" });
  host.say({ t: "dtmf_tone", p, x: "", y: "" });
  assert.deepEqual(told, ["1|D,", "D|,5", ",|5", "5|8", "8|", "|"]);

  host.refuse.set("dtmf_insert", "unavailable");
  dtmf.insertDTMF("7");
  await settled();
  assert.equal(dtmf.toneBuffer, "");

  const heard: unknown[] = [];
  connection.addEventListener("dtmfreceived", (event) => heard.push((event as CustomEvent<unknown>).detail));
  host.say({ t: "dtmf_received", p, x: "#", e: 120 });
  assert.deepEqual(heard, [{ tone: "#", durationMs: 120 }]);
});

test("a far end without telephone events takes no keys, nor does one that is not sent to", async () => {
  for (const [answer, direction] of [
    [remoteOffer, "sendrecv"],
    [withKeys, "recvonly"],
  ] as const) {
    const { host, connection, track, stream } = await withMicrophone();
    const { dtmf } = connection.addTrack(track, stream);
    const [transceiver] = connection.getTransceivers();
    assert.ok(transceiver);
    transceiver.direction = direction;
    await connection.setLocalDescription();
    await connection.setRemoteDescription({ type: "answer", sdp: answer });
    host.say({ t: "peer_state", p: connection.id, s0: "stable", y: "connected", z: "connected", w: "complete" });
    assert.equal(dtmf.canInsertDTMF, false, direction);
  }
});

test("a callee presses keys, and so does a client that takes a connection up", async () => {
  const { host, connection, track, stream } = await withMicrophone();
  await connection.setRemoteDescription({ type: "offer", sdp: withKeys });
  const { dtmf } = connection.addTrack(track, stream);
  connection.getTransceivers()[0]?.sync({ m: "0", z: "sendrecv" });
  await connection.setLocalDescription();
  host.say({ t: "peer_state", p: connection.id, s0: "stable", y: "connected", z: "connected", w: "complete" });
  assert.equal(dtmf.canInsertDTMF, true);

  const info = { ...host.only().info, y: "connected", z: "connected", l: [{ m: "0", y: "sendrecv", z: "sendrecv", k: "t", c: true }] } as const;
  const adopted = PeerConnection.attach(host.connection(), { ...info, l: [...info.l] });
  assert.equal(adopted.getSenders()[0]?.dtmf.canInsertDTMF, true);
});

test("a remote track that is not enabled is played silently", async () => {
  const { host, connection } = await withMicrophone();
  const { receiver } = connection.addTransceiver("audio");
  const played = () => host.requests("playout_set").map((one) => (one as { z: boolean }).z);
  receiver.track.enabled = false;
  await receiver.setPlayout({ volume: 0.5 });
  receiver.track.enabled = true;
  await receiver.setPlayout({ muted: true });
  receiver.track.enabled = false;
  receiver.track.enabled = true;
  await settled();
  assert.deepEqual(played(), [true, true, false, true, true, true]);
});

test("createOffer may ask for a voice without sending one, and for none", async () => {
  const host = new FakeHost();
  const { RTCPeerConnection } = redirect(host.connection());
  const connection = new RTCPeerConnection();
  const offer = await connection.createOffer({ offerToReceiveAudio: true });
  assert.match(offer.sdp ?? "", /a=recvonly/);
  assert.deepEqual(connection.getTransceivers().map((one) => one.direction), ["recvonly"]);
  await connection.createOffer({ offerToReceiveAudio: true });
  assert.equal(connection.getTransceivers().length, 1, "one is enough");
  await connection.createOffer({ offerToReceiveAudio: false });
  assert.deepEqual(connection.getTransceivers().map((one) => one.direction), ["inactive"]);
  await assert.rejects(connection.createOffer({ offerToReceiveVideo: true }), named("NotSupportedError"));
});

test("statistics of a track, a sender or a receiver are what belongs to it", async () => {
  const { host, connection, track, mediaDevices } = await withMicrophone();
  const sender = connection.addTrack(track);
  await connection.setLocalDescription();
  host.stats = [
    { id: "T", type: "transport", selectedCandidatePairId: "P" },
    { id: "P", type: "candidate-pair", localCandidateId: "L" },
    { id: "L", type: "local-candidate" },
    { id: "S", type: "media-source" },
    { id: "O", type: "outbound-rtp", mid: "0", transportId: "T", mediaSourceId: "S", remoteId: "R" },
    { id: "R", type: "remote-inbound-rtp", localId: "O" },
    { id: "I", type: "inbound-rtp", mid: "0", transportId: "T" },
    { id: "X", type: "inbound-rtp", mid: "1", transportId: "T" },
    { id: "D", type: "data-channel" },
  ];
  const ids = (report: RTCStatsReport) => {
    const found: string[] = [];
    report.forEach((one) => found.push(one.id));
    return found.sort().join("");
  };
  const [receiver] = connection.getReceivers();
  assert.ok(receiver);
  assert.equal(ids(await connection.getStats()), "DILOPRSTX");
  assert.equal(ids(await connection.getStats(track)), "LOPRST");
  assert.equal(ids(await sender.getStats()), "LOPRST");
  assert.equal(ids(await connection.getStats(receiver.track)), "ILPT");
  assert.equal(ids(await receiver.getStats()), "ILPT");
  const [other] = (await mediaDevices.getUserMedia({ audio: true })).getTracks();
  await assert.rejects(connection.getStats(other), named("InvalidAccessError"));
});

test("statistics are a report by id", async () => {
  const { connection } = await withMicrophone();
  const report = await connection.getStats();
  const types: string[] = [];
  report.forEach((one) => types.push(one.type));
  assert.deepEqual(types, ["transport"]);
});
