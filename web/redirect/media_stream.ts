import { randomId } from "./encoding.ts";
import { defineHandlers, eventTargetOf } from "./handlers.ts";

/** https://www.w3.org/TR/mediacapture-streams/#mediastream */
export class MediaStream extends eventTargetOf<globalThis.MediaStream>() implements globalThis.MediaStream {
  declare onaddtrack: globalThis.MediaStream["onaddtrack"];
  declare onremovetrack: globalThis.MediaStream["onremovetrack"];
  readonly id: string;
  #tracks: globalThis.MediaStreamTrack[];

  constructor(from: globalThis.MediaStream | globalThis.MediaStreamTrack[] = [], id = randomId()) {
    super();
    this.id = id;
    this.#tracks = [...new Set(Array.isArray(from) ? from : from.getTracks())];
  }

  get active(): boolean {
    return this.#tracks.some((track) => track.readyState === "live");
  }
  addTrack(track: globalThis.MediaStreamTrack): void {
    if (!this.#tracks.includes(track)) this.#tracks.push(track);
  }
  removeTrack(track: globalThis.MediaStreamTrack): void {
    this.#tracks = this.#tracks.filter((one) => one !== track);
  }
  clone(): MediaStream {
    return new MediaStream(this.#tracks.map((track) => track.clone()));
  }
  getTracks(): globalThis.MediaStreamTrack[] {
    return [...this.#tracks];
  }
  getAudioTracks(): globalThis.MediaStreamTrack[] {
    return this.#tracks.filter((track) => track.kind === "audio");
  }
  getVideoTracks(): globalThis.MediaStreamTrack[] {
    return this.#tracks.filter((track) => track.kind === "video");
  }
  getTrackById(id: string): globalThis.MediaStreamTrack | null {
    return this.#tracks.find((track) => track.id === id) ?? null;
  }

  /** For peer connections: the far end has added or removed a track; that fires an event. */
  setRemoteTrack(track: globalThis.MediaStreamTrack, present: boolean): void {
    if (this.#tracks.includes(track) === present) return;
    if (present) this.addTrack(track);
    else this.removeTrack(track);
    this.dispatchEvent(new MediaStreamTrackEvent(present ? "addtrack" : "removetrack", { track }));
  }
}
defineHandlers(MediaStream.prototype, ["addtrack", "removetrack"]);

export class MediaStreamTrackEvent extends Event implements globalThis.MediaStreamTrackEvent {
  readonly track: globalThis.MediaStreamTrack;
  constructor(type: string, init: MediaStreamTrackEventInit) {
    super(type);
    this.track = init.track;
  }
}
