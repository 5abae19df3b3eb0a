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

/** Something that runs a browser's page. */
export interface Caller {
  evaluate<T>(expression: string): Promise<T>;
}

/** The page that two callers open. @returns its address. */
export async function serveCallPage(): Promise<{ url: string; end: () => void }> {
  const server = createServer((_request, response) =>
    response.setHeader("content-type", "text/html").end(`<title>call</title><script>${script}</script>`),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, end: () => void server.close() };
}

/** @param bitrate  of both in bit/s; none: what the browser takes. */
export async function connectCallers(caller: Caller, callee: Caller, bitrate?: number): Promise<void> {
  const bounded = (description: string): string => {
    if (bitrate === undefined) return description;
    const out = description.replace(/(a=fmtp:\d+ )(minptime=10;useinbandfec=1)/, `$1maxaveragebitrate=${bitrate};$2`);
    if (out === description) throw new Error("the browser describes Opus in another way: its bit rate cannot be set");
    return out;
  };
  await Promise.all([caller.evaluate("capture()"), callee.evaluate("capture()")]);
  const offer = await caller.evaluate<string>("describe()");
  await callee.evaluate(`pc.setRemoteDescription(${bounded(offer)})`);
  const answer = await callee.evaluate<string>("describe()");
  await caller.evaluate(`pc.setRemoteDescription(${bounded(answer)})`);
  await Promise.all([caller.evaluate("connected()"), callee.evaluate("connected()")]);
}

export async function browserCall(sounds: readonly [SoundServer, SoundServer], logs: string): Promise<{ end: () => Promise<void> }> {
  const { url, end } = await serveCallPage();
  const open = (sound: SoundServer): Promise<Page> => openChromium({ name: `chromium-${sound.name}`, logs, url, sound: sound.env });
  const [caller, callee] = await Promise.all([open(sounds[0]), open(sounds[1])]);
  await connectCallers(caller, callee);
  return {
    end: async () => {
      await Promise.all([caller.close(), callee.close()]);
      end();
    },
  };
}
