import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { openChromium, type Page } from "../../support/browsers.ts";
import { atEnd } from "../../support/processes.ts";
import { type SoundServer } from "../../support/pulse.ts";

/** Two Chromiums in a plain WebRTC call, each with an endpoint's sound: what the native hosts are measured against. */

const script = `
const pc = (globalThis.pc = new RTCPeerConnection());
pc.ontrack = ({ streams }) => {
  const audio = (globalThis.audio = new Audio());
  audio.srcObject = streams[0];
  void audio.play();
};
async function capture() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  for (const track of stream.getTracks()) pc.addTrack(track, stream);
}
async function describe() {
  await pc.setLocalDescription();
  if (pc.iceGatheringState !== 'complete') await new Promise((done) => (pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done()));
  return JSON.stringify(pc.localDescription);
}
async function connected() {
  if (pc.connectionState !== 'connected') await new Promise((done) => (pc.onconnectionstatechange = () => pc.connectionState === 'connected' && done()));
}
`;

export async function browserCall(sounds: readonly [SoundServer, SoundServer], logs: string): Promise<{ end: () => Promise<void> }> {
  const server = createServer((_request, response) =>
    response.setHeader("content-type", "text/html").end(`<title>call</title><script>${script}</script>`),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const open = (sound: SoundServer): Promise<Page> => openChromium({ name: `chromium-${sound.name}`, logs, url, sound: sound.env });
  const [caller, callee] = await Promise.all([open(sounds[0]), open(sounds[1])]);
  await Promise.all([caller.evaluate("capture()"), callee.evaluate("capture()")]);
  const offer = await caller.evaluate<string>("describe()");
  await callee.evaluate(`pc.setRemoteDescription(${offer})`);
  const answer = await callee.evaluate<string>("describe()");
  await caller.evaluate(`pc.setRemoteDescription(${answer})`);
  await Promise.all([caller.evaluate("connected()"), callee.evaluate("connected()")]);
  return {
    end: async () => {
      await Promise.all([caller.close(), callee.close()]);
      server.close();
    },
  };
}
