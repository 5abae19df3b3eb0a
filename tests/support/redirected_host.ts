import { type HostTicketGranted } from "#protocol";
import assert from "node:assert/strict";
import { nodeWebSockets } from "../../web/client/node.ts";
import { HostConnection, openLoopback, type PeerConnection, redirect, type Redirected } from "../../web/redirect/index.ts";
import { Host, type HostOptions } from "./host.ts";
import { until } from "./processes.ts";
import { SoundServer } from "./pulse.ts";
import { Service } from "./service.ts";
import { confirmPairing, signInRaw, type Wire } from "./wire.ts";

/** A native host and, in this process, WebRTC by it: an end of calls whose other end is no client of ours. */
export interface RedirectedHost {
  host: Host;
  webrtc: Redirected;
  /** A connection that sends the host's microphone. */
  speaker: (configuration?: RTCConfiguration) => Promise<PeerConnection>;
}

/** @param owner  a signed-in user, whose host it becomes. */
export async function startRedirectedHost(owner: Wire, options: HostOptions): Promise<RedirectedHost> {
  const host = new Host(options);
  await confirmPairing(owner, await host.pairingCode());
  const { host: id } = await host.signedIn();
  if (options.sound !== undefined) await host.hasDevices();
  const connection = new HostConnection(async () => {
    const { p: port, k: ticket } = await owner.ask<HostTicketGranted>({ t: "host_ticket", h: id } as { t: string });
    return openLoopback(nodeWebSockets(), port, ticket);
  });
  const webrtc = redirect(connection);
  return {
    host,
    webrtc,
    speaker: async (configuration) => {
      const peer = new webrtc.RTCPeerConnection(configuration);
      // What makes a voice better makes a tone another one.
      const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const [track] = (await webrtc.mediaDevices.getUserMedia({ audio })).getAudioTracks();
      if (track === undefined) throw new Error(`${options.name} has no microphone`);
      peer.addTrack(track);
      return peer;
    },
  };
}

/** Alice's host with sound of its own, on a service of its own. */
export async function startLoneHost(logs: string): Promise<RedirectedHost & { sound: SoundServer }> {
  const service = await Service.start({ logs });
  const sound = await SoundServer.start("host", logs);
  const { wire } = await signInRaw(service.url, "alice", "sidetone");
  return { ...(await startRedirectedHost(wire, { name: "host", logs, service: service.url, sound })), sound };
}

/** A description of a connection's own, with all candidates in it where there are any. */
export async function described(peer: PeerConnection): Promise<string> {
  await peer.setLocalDescription();
  return until("all candidates", () => {
    const { sdp } = peer.localDescription ?? assert.fail("no description");
    return peer.iceGatheringState === "complete" || !/^a=ice-ufrag:/m.test(sdp) ? sdp : undefined;
  });
}

export async function connected(peer: PeerConnection): Promise<void> {
  await until("the connection", () => {
    if (peer.connectionState === "failed") throw new Error("the connection has failed");
    return peer.connectionState === "connected" ? true : undefined;
  });
}
